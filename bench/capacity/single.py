"""Operations on one item, and queries."""

from __future__ import annotations

from typing import Any

from bench.capacity.charges import (
    index_probes,
    query_charge,
    query_probe,
    read_charge,
    write_charges,
)
from bench.capacity.exchange import Exchange
from bench.capacity.shapes import TableShape
from bench.capacity.sizes import EVENTUAL, STRONG
from bench.capacity.wire import Answer


def put(exchange: Exchange) -> Answer:
    """PutItem, charged by the new item: an old and larger one is not asked for."""
    shape = exchange.shape(exchange.payload["TableName"])
    if shape is None:
        return exchange.send()
    item = exchange.payload["Item"]
    charges = write_charges(shape, item, None, item)
    return exchange.pay(shape, charges, lambda _: charges, put=shape.fingerprint(item))


def update(exchange: Exchange) -> Answer:
    """UpdateItem, charged by the item before, then by the larger one of before and after.

    To learn the item after, the emulator is asked for it where the client asked for nothing, and
    it is taken out of the answer again.
    """
    shape = exchange.shape(exchange.payload["TableName"])
    if shape is None:
        return exchange.send()
    key, before = exchange.payload["Key"], _before(exchange, shape)
    asks_nothing = exchange.payload.get("ReturnValues", "NONE") == "NONE"
    tells_after = asks_nothing or exchange.payload.get("ReturnValues") == "ALL_NEW"

    answer = exchange.pay(
        shape,
        [*write_charges(shape, key, before, before), *index_probes(shape)],
        lambda done: write_charges(
            shape, key, before, done.payload().get("Attributes") if tells_after else before
        ),
        payload=exchange.payload | {"ReturnValues": "ALL_NEW"} if asks_nothing else None,
    )
    if asks_nothing and answer.is_ok:
        told = answer.payload()
        told.pop("Attributes", None)
        return answer.with_payload(told)
    return answer


def delete(exchange: Exchange) -> Answer:
    """DeleteItem, charged by the item that it deletes."""
    shape = exchange.shape(exchange.payload["TableName"])
    if shape is None:
        return exchange.send()
    charges = write_charges(shape, exchange.payload["Key"], _before(exchange, shape), None)
    return exchange.pay(shape, charges, lambda _: charges)


def get(exchange: Exchange) -> Answer:
    """GetItem; what it costs beyond the first 4 KB is taken afterwards."""
    shape = exchange.shape(exchange.payload["TableName"])
    if shape is None:
        return exchange.send()
    key, rate = exchange.payload["Key"], _rate(exchange.payload)
    return exchange.pay(
        shape,
        [read_charge(shape, key, None, rate)],
        lambda done: [read_charge(shape, key, done.payload().get("Item"), rate)],
    )


def query(exchange: Exchange) -> Answer:
    """Query or Scan: let through while anything is left, and charged afterwards."""
    shape = exchange.shape(exchange.payload["TableName"])
    if shape is None:
        return exchange.send()
    probe = query_probe(shape, exchange.payload.get("IndexName"))
    rate = _rate(exchange.payload)
    return exchange.pay(shape, [probe], lambda done: [query_charge(probe, done.payload(), rate)])


def _before(exchange: Exchange, shape: TableShape) -> dict[str, Any] | None:
    """Return the item that is there; None, without asking, where it can throttle nothing."""
    if shape.throughput is None:
        return None
    wanted = [(shape.name, exchange.payload["Key"])]
    found = exchange.upstream.items(exchange.request, wanted)
    return found[0][1] if found else None


def _rate(payload: dict[str, Any]) -> float:
    return STRONG if payload.get("ConsistentRead") else EVENTUAL
