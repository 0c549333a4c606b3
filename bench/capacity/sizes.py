"""Sizes of items, and what writing and reading them costs, by DynamoDB's rules.

Sources: "DynamoDB item sizes and formats" and "DynamoDB read and write operations" in the Amazon
DynamoDB developer guide (CapacityUnitCalculations.html, read-write-operations.html).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

STRONG = 1.0
"""What a strongly consistent read of 4 KB costs, in RCU."""
EVENTUAL = 0.5
TRANSACTIONAL = 2.0

_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1


def write_units(item: Mapping[str, Any]) -> int:
    """Return the WCU of writing an item: 1 for each 1 KB or part of it, at least 1."""
    return max(1, -(-item_bytes(item) // _WRITE_UNIT_BYTES))


def read_units(size: int, rate: float) -> float:
    """Return the RCU of reading `size` bytes: `rate` for each 4 KB or part of it, at least once.

    `rate` is STRONG, EVENTUAL or TRANSACTIONAL. What does not exist costs as much as 4 KB.
    """
    return max(1, -(-size // _READ_UNIT_BYTES)) * rate


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the bytes that an item counts for.

    Binary values may be bytes, as boto3 spells them, or base64 text, as the wire does. KeyError
    or ValueError for what is no item.
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(typed: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute's value; KeyError for a type that DynamoDB does not have."""
    [(kind, value)] = typed.items()
    return _BYTES[kind](value)


def _number_bytes(number: str) -> int:
    """Return 1 byte for each two significant digits, 1 more, and 1 for a minus; AWS itself calls
    this an approximation."""
    mantissa = number.lstrip("+-").upper().partition("E")[0]
    digits = mantissa.replace(".", "").strip("0")
    return -(-len(digits) // 2) + 1 + number.startswith("-")


def _binary_bytes(value: bytes | str) -> int:
    return len(base64.b64decode(value) if isinstance(value, str) else value)


def _list_bytes(values: Sequence[Mapping[str, Any]]) -> int:
    return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + _value_bytes(value) for value in values)


def _map_bytes(values: Mapping[str, Any]) -> int:
    return _CONTAINER_BYTES + _ELEMENT_BYTES * len(values) + item_bytes(values)


_BYTES: Mapping[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_bytes,
    "B": _binary_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(map(_number_bytes, numbers)),
    "BS": lambda values: sum(map(_binary_bytes, values)),
    "L": _list_bytes,
    "M": _map_bytes,
}
