"""BatchWriteItem and BatchGetItem: what fits is done, the rest comes back.

Source: the API reference of both: items beyond the capacity are returned as unprocessed with
status 200, and the request fails only when none of them could be processed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.capacity.charges import Charge, read_charge, write_charges
from bench.capacity.exchange import Exchange
from bench.capacity.shapes import TableShape
from bench.capacity.sizes import EVENTUAL, STRONG
from bench.capacity.wire import Answer, throttled


class _Part(NamedTuple):
    """One item of a batch."""

    shape: TableShape
    asked: dict[str, Any]
    """A PutRequest or DeleteRequest, or a key."""
    charges: Sequence[Charge]


def write(exchange: Exchange) -> Answer:
    """BatchWriteItem, charged by the new items; a deletion counts as one of up to 1 KB."""
    parts = []
    for table, asked in exchange.payload["RequestItems"].items():
        shape = exchange.shape(table)
        if shape is None:
            return exchange.send()
        parts += [_Part(shape, one, _write_charges(shape, one)) for one in asked]
    taken, cut = _admit(exchange, parts)
    if parts and not taken:
        return _refuse(exchange, parts)
    answer = exchange.send(_with_only(exchange, taken, cut))
    left = answer.payload().get("UnprocessedItems", {}) if answer.is_ok else {}
    done = [part for part in taken if part.asked not in left.get(part.shape.name, ())]
    _correct(exchange, taken, done if answer.is_ok else [])
    if not answer.is_ok:
        return answer
    unprocessed = {table: list(asked) for table, asked in left.items()}
    for part in cut:
        unprocessed.setdefault(part.shape.name, []).append(part.asked)
    for table in exchange.payload["RequestItems"]:
        mine = [part for part in done if part.shape.name == table]
        puts = [part.asked["PutRequest"]["Item"] for part in mine if "PutRequest" in part.asked]
        exchange.report.note(
            table,
            charges=[charge for part in mine for charge in part.charges],
            puts=[mine[0].shape.fingerprint(item) for item in puts],
            write_items_accepted=len(mine),
            unprocessed_items=len(unprocessed.get(table, ())),
        )
    return (
        answer.with_payload(answer.payload() | {"UnprocessedItems": unprocessed}) if cut else answer
    )


def get(exchange: Exchange) -> Answer:
    """BatchGetItem, each item charged alone; what it costs beyond 4 KB is taken afterwards."""
    parts = []
    for table, asked in exchange.payload["RequestItems"].items():
        shape = exchange.shape(table)
        if shape is None:
            return exchange.send()
        rate = _rate(asked)
        parts += [_Part(shape, key, [read_charge(shape, key, None, rate)]) for key in asked["Keys"]]
    taken, cut = _admit(exchange, parts)
    if parts and not taken:
        return _refuse(exchange, parts)
    answer = exchange.send(_with_only(exchange, taken, cut))
    told = answer.payload() if answer.is_ok else {}
    read = [_as_read(exchange, part, told) for part in taken] if answer.is_ok else []
    _correct(exchange, taken, read)
    if not answer.is_ok:
        return answer
    left = told.get("UnprocessedKeys", {})
    for table, asked in exchange.payload["RequestItems"].items():
        keys = [part.asked for part in cut if part.shape.name == table]
        if keys:
            left[table] = asked | {"Keys": left.get(table, {}).get("Keys", []) + keys}
        mine = [charge for part in read if part.shape.name == table for charge in part.charges]
        exchange.report.note(table, charges=mine, unprocessed_keys=len(keys))
    return answer.with_payload(told | {"UnprocessedKeys": left}) if cut else answer


def _write_charges(shape: TableShape, asked: dict[str, Any]) -> list[Charge]:
    if "PutRequest" in asked:
        item = asked["PutRequest"]["Item"]
        return write_charges(shape, item, None, item)
    return write_charges(shape, asked["DeleteRequest"]["Key"], None, None)


def _as_read(exchange: Exchange, part: _Part, told: dict[str, Any]) -> _Part:
    """Return the part with the charge of the item that was found for it."""
    found = told.get("Responses", {}).get(part.shape.name, ())
    item = next((item for item in found if part.shape.key_of(item) == part.asked), None)
    rate = _rate(exchange.payload["RequestItems"][part.shape.name])
    return part._replace(charges=[read_charge(part.shape, part.asked, item, rate)])


def _admit(exchange: Exchange, parts: list[_Part]) -> tuple[list[_Part], list[_Part]]:
    """Return the parts that were taken, and those that are cut."""
    fits = exchange.capacity.admit([part.charges for part in parts])
    sorted_out: tuple[list[_Part], list[_Part]] = ([], [])
    for part, taken in zip(parts, fits, strict=True):
        sorted_out[not taken].append(part)
    return sorted_out


def _refuse(exchange: Exchange, parts: list[_Part]) -> Answer:
    for table in {part.shape.name for part in parts}:
        exchange.report.note(table, throttled_requests=1)
    return throttled()


def _correct(exchange: Exchange, taken: list[_Part], done: list[_Part]) -> None:
    exchange.capacity.correct(
        [charge for part in taken for charge in part.charges],
        [charge for part in done for charge in part.charges],
    )


def _with_only(exchange: Exchange, taken: list[_Part], cut: list[_Part]) -> dict[str, Any] | None:
    """Return the parameters without what is cut; None when nothing is."""
    if not cut:
        return None
    items: dict[str, Any] = {}
    for table, asked in exchange.payload["RequestItems"].items():
        kept = [part.asked for part in taken if part.shape.name == table]
        if kept:
            items[table] = kept if isinstance(asked, list) else asked | {"Keys": kept}
    return exchange.payload | {"RequestItems": items}


def _rate(asked: dict[str, Any]) -> float:
    return STRONG if asked.get("ConsistentRead") else EVENTUAL
