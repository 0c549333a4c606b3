"""What the stand-in knows of a table: its keys, its indexes, and what is provisioned."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self


@dataclasses.dataclass(frozen=True, slots=True)
class Throughput:
    """Units a second."""

    read: float
    write: float


@dataclasses.dataclass(frozen=True, slots=True)
class IndexShape:
    """A secondary index."""

    name: str
    keys: tuple[str, ...]
    """The partition key, then the sort key if there is one."""
    attributes: frozenset[str] | None
    """What is projected, keys included; None for everything."""
    is_global: bool
    throughput: Throughput | None
    """None for a local index, which lives on its table's, and for an on-demand one."""

    def entry_of(self, item: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return what the index holds of an item; None when an attribute of its key is missing."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.attributes is None:
            return dict(item)
        return {name: value for name, value in item.items() if name in self.attributes}


@dataclasses.dataclass(frozen=True, slots=True)
class TableShape:
    """A table."""

    name: str
    keys: tuple[str, ...]
    indexes: tuple[IndexShape, ...]
    throughput: Throughput | None
    """None for a table that is paid by request."""

    @classmethod
    def from_description(cls, description: Mapping[str, Any]) -> Self:
        """Return what DescribeTable said."""
        on_demand = (
            description.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"
        )
        keys = _keys(description)
        indexes = [
            _index(index, keys, is_global=is_global, on_demand=on_demand)
            for kind, is_global in (("Local", False), ("Global", True))
            for index in description.get(f"{kind}SecondaryIndexes") or ()
        ]
        throughput = None if on_demand else _throughput(description)
        return cls(description["TableName"], keys, tuple(indexes), throughput)

    def index(self, name: str | None) -> IndexShape | None:
        """Return the index of that name, or None."""
        return next((index for index in self.indexes if index.name == name), None)

    def key_of(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return an item's key; an incomplete one for an item that DynamoDB would refuse."""
        return {name: item[name] for name in self.keys if name in item}

    def fingerprint(self, item: Mapping[str, Any]) -> bytes:
        """Return 8 bytes that tell an item's key from all others of the table."""
        key = json.dumps(self.key_of(item), sort_keys=True)
        return hashlib.blake2b(key.encode(), digest_size=8).digest()


def partition_of(item: Mapping[str, Any] | None, keys: tuple[str, ...]) -> str | None:
    """Return the value of an item's partition key as text; None when it is not known."""
    if not item or keys[0] not in item:
        return None
    return json.dumps(item[keys[0]])


def _index(
    index: Mapping[str, Any], table_keys: tuple[str, ...], *, is_global: bool, on_demand: bool
) -> IndexShape:
    keys = _keys(index)
    projection = index.get("Projection", {})
    attributes = None
    if projection.get("ProjectionType", "ALL") != "ALL":
        attributes = frozenset((*keys, *table_keys, *projection.get("NonKeyAttributes", ())))
    throughput = _throughput(index) if is_global and not on_demand else None
    return IndexShape(index["IndexName"], keys, attributes, is_global, throughput)


def _keys(described: Mapping[str, Any]) -> tuple[str, ...]:
    in_order = sorted(described["KeySchema"], key=lambda key: key["KeyType"] != "HASH")
    return tuple(key["AttributeName"] for key in in_order)


def _throughput(described: Mapping[str, Any]) -> Throughput:
    units = described.get("ProvisionedThroughput", {})
    return Throughput(units.get("ReadCapacityUnits", 0), units.get("WriteCapacityUnits", 0))
