"""Sizes of items, and what writing them costs, by DynamoDB's rules.

Sources: "DynamoDB item sizes and formats" and "DynamoDB read and write operations" in the Amazon
DynamoDB developer guide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_UNIT_BYTES = 1024
_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1


def write_units(item: Mapping[str, Any]) -> int:
    """Return the WCU of putting an item: 1 for each 1 KB or part of it."""
    return -(-item_bytes(item) // _UNIT_BYTES)


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the bytes that an item, as DynamoDB's API spells it, counts for."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(typed: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute's value; KeyError for a type that DynamoDB does not have."""
    [(kind, value)] = typed.items()
    return _BYTES[kind](value)


def _number_bytes(number: str) -> int:
    """Return 1 byte for each two significant digits, 1 more, and 1 for a minus; AWS itself calls
    this an approximation."""
    digits = number.lstrip("-").partition("E")[0].replace(".", "").strip("0")
    return -(-len(digits) // 2) + 1 + number.startswith("-")


def _list_bytes(values: Sequence[Mapping[str, Any]]) -> int:
    return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + _value_bytes(value) for value in values)


def _map_bytes(values: Mapping[str, Any]) -> int:
    return _CONTAINER_BYTES + _ELEMENT_BYTES * len(values) + item_bytes(values)


_BYTES: Mapping[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_bytes,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(map(_number_bytes, numbers)),
    "BS": lambda values: sum(map(len, values)),
    "L": _list_bytes,
    "M": _map_bytes,
}
