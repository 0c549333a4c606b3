"""What a request costs, and whom.

Source: "DynamoDB read and write operations" and, for indexes, "Using Global Secondary Indexes"
and "Local Secondary Indexes" (provisioned throughput considerations) in the Amazon DynamoDB
developer guide (read-write-operations.html, GSI.html, LSI.html).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.capacity.shapes import IndexShape, TableShape, partition_of
from bench.capacity.sizes import item_bytes, read_units, write_units

Item = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """The reads or the writes of a table (`index` is None) or of a global index."""

    table: str
    index: str | None
    kind: str
    """"read" or "write"."""


@dataclasses.dataclass(frozen=True, slots=True)
class Charge:
    """Units to take; 0 of them ask only whether any are left."""

    target: Target
    units: float
    partition: str | None = None
    """The partition key's value as text; None when it is not known."""


def write_charges(
    shape: TableShape, key: Item, before: Item | None, after: Item | None, *, times: int = 1
) -> list[Charge]:
    """Return the cost of turning an item into another; None is no item, or an unknown one.

    The table pays for the larger of both. An index pays for an entry that comes, goes or changes,
    twice when its key changes, and nothing for one that stays as it is. In a transaction all of it
    counts double (`times=2`).
    """
    units = max(write_units(before or {}), write_units(after or {}))
    charges = [_on_table(shape, "write", units * times, key)]
    for index in shape.indexes:
        units = _index_units(index, before, after)
        if units:
            charges.append(_on_index(shape, index, units * times, after or before))
    return charges


def index_probes(shape: TableShape) -> list[Charge]:
    """Return questions whether each global index has any writes left: one that has none throttles
    its table, and what an update will cost it is only known afterwards."""
    return [_on_index(shape, index, 0, None) for index in shape.indexes if index.is_global]


def only_table(charges: Iterable[Charge]) -> list[Charge]:
    """Return what remains to be paid when a condition did not hold: indexes were not written."""
    return list(charges)[:1]


def read_charge(shape: TableShape, key: Item, item: Item | None, rate: float) -> Charge:
    """Return the cost of reading one item by its key; None is a missing or unknown one."""
    return _on_table(shape, "read", read_units(item_bytes(item or {}), rate), key)


def query_probe(shape: TableShape, index_name: str | None) -> Charge:
    """Return the question whether a Query or Scan may start; it pays afterwards, into debt."""
    index = shape.index(index_name)
    name = index.name if index and index.is_global else None
    return Charge(Target(shape.name, name, "read"), 0)


def query_charge(probe: Charge, answer: Mapping[str, Any], rate: float) -> Charge:
    """Return the cost of a Query or Scan: the sum of what was read, rounded once.

    What a filter dropped is taken to be as large as what it kept; an answer without items, such as
    a count, costs as much as 4 KB.
    """
    items: Sequence[Item] = answer.get("Items") or ()
    size = sum(map(item_bytes, items))
    if items:
        size = size * max(answer.get("ScannedCount", 0), len(items)) // len(items)
    return dataclasses.replace(probe, units=read_units(size, rate))


def _on_table(shape: TableShape, kind: str, units: float, key: Item) -> Charge:
    return Charge(Target(shape.name, None, kind), units, partition_of(key, shape.keys))


def _on_index(shape: TableShape, index: IndexShape, units: float, item: Item | None) -> Charge:
    if index.is_global:
        target = Target(shape.name, index.name, "write")
        return Charge(target, units, partition_of(item, index.keys))
    return Charge(Target(shape.name, None, "write"), units, partition_of(item, shape.keys))


def _index_units(index: IndexShape, before: Item | None, after: Item | None) -> int:
    old, new = index.entry_of(before), index.entry_of(after)
    if old == new:
        return 0
    if old is None or new is None:
        return write_units(old or new or {})
    if any(old[key] != new[key] for key in index.keys):
        return write_units(old) + write_units(new)
    return max(write_units(old), write_units(new))
