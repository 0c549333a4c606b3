"""TransactWriteItems and TransactGetItems: all of it fits, or it is cancelled.

Source: "Amazon DynamoDB transactions: how it works" in the developer guide (transaction-apis.html):
every item is written or read twice, and a transaction that is cancelled is paid for, too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.capacity.charges import Charge, index_probes, only_table, read_charge, write_charges
from bench.capacity.exchange import Exchange
from bench.capacity.shapes import TableShape
from bench.capacity.sizes import TRANSACTIONAL
from bench.capacity.wire import Answer, cancelled


class _Part(NamedTuple):
    """One item of a transaction."""

    shape: TableShape
    action: str
    """Put, Update, Delete, ConditionCheck or Get."""
    asked: dict[str, Any]

    @property
    def key(self) -> dict[str, Any]:
        """The item's key."""
        return self.shape.key_of(self.asked.get("Item") or self.asked["Key"])


def write(exchange: Exchange) -> Answer:
    """TransactWriteItems, charged by new items and by those that are there before."""
    parts = _parts(exchange)
    if parts is None:
        return exchange.send()
    wanted = [
        (part.shape.name, part.key)
        for part in parts
        if part.action != "Put" and part.shape.throughput
    ]
    found = exchange.upstream.items(exchange.request, wanted)
    entries = [_write_charges(part, found) for part in parts]
    refusal = _admit(exchange, parts, entries)
    if refusal:
        return refusal
    answer = exchange.send()
    due = entries
    if answer.error == "TransactionCanceledException":
        due = [only_table(charges) for charges in entries]
    elif not answer.is_ok:
        due = [[] for _ in entries]
    _finish(exchange, parts, entries, due)
    if answer.is_ok:
        _note_writes(exchange, parts)
    return answer


def get(exchange: Exchange) -> Answer:
    """TransactGetItems; what an item costs beyond 4 KB is taken afterwards."""
    parts = _parts(exchange)
    if parts is None:
        return exchange.send()
    entries = [[read_charge(part.shape, part.key, None, TRANSACTIONAL)] for part in parts]
    refusal = _admit(exchange, parts, entries)
    if refusal:
        return refusal
    answer = exchange.send()
    due: list[list[Charge]] = [[] for _ in entries]
    if answer.is_ok:
        due = [
            [read_charge(part.shape, part.key, told.get("Item"), TRANSACTIONAL)]
            for part, told in zip(parts, answer.payload()["Responses"], strict=True)
        ]
    _finish(exchange, parts, entries, due)
    return answer


def _parts(exchange: Exchange) -> list[_Part] | None:
    """Return what is asked; None when a table does not exist."""
    parts = []
    for one in exchange.payload["TransactItems"]:
        [(action, asked)] = one.items()
        shape = exchange.shape(asked["TableName"])
        if shape is None:
            return None
        parts.append(_Part(shape, action, asked))
    return parts


def _write_charges(part: _Part, found: list[tuple[str, dict[str, Any]]]) -> list[Charge]:
    """Return an item's charges; a checked item costs as much as a written one, without indexes."""
    shape, key = part.shape, part.key
    before = next(
        (item for table, item in found if table == shape.name and shape.key_of(item) == key), None
    )
    if part.action == "Put":
        return write_charges(shape, key, None, part.asked["Item"], times=2)
    if part.action == "Delete":
        return write_charges(shape, key, before, None, times=2)
    charges = write_charges(shape, key, before, before, times=2)
    return charges + (index_probes(shape) if part.action == "Update" else [])


def _admit(exchange: Exchange, parts: list[_Part], entries: list[list[Charge]]) -> Answer | None:
    """Take all charges and return None, or return the answer that refuses them."""
    fitted = exchange.capacity.admit_together(entries)
    if all(fitted):
        return None
    short = {part.shape.name for part, fits in zip(parts, fitted, strict=True) if not fits}
    for table in short:
        exchange.report.note(table, throttled_requests=1)
    return cancelled(fitted)


def _finish(
    exchange: Exchange, parts: list[_Part], taken: list[list[Charge]], due: list[list[Charge]]
) -> None:
    exchange.capacity.correct(
        [charge for charges in taken for charge in charges],
        [charge for charges in due for charge in charges],
    )
    for part, charges in zip(parts, due, strict=True):
        exchange.report.note(part.shape.name, charges=charges)


def _note_writes(exchange: Exchange, parts: list[_Part]) -> None:
    for part in parts:
        puts = [part.shape.fingerprint(part.key)] if part.action == "Put" else []
        accepted = int(part.action != "ConditionCheck")
        exchange.report.note(part.shape.name, puts=puts, write_items_accepted=accepted)
