"""Item sizes and units, by hand from the rules of the DynamoDB developer guide."""

from __future__ import annotations

from typing import Any

import pytest

from bench.capacity.sizes import (
    EVENTUAL,
    STRONG,
    TRANSACTIONAL,
    item_bytes,
    read_units,
    write_units,
)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é€"}, 5),
        ({"N": "0"}, 1),
        ({"N": "100"}, 2),
        ({"N": "0.0012"}, 2),
        ({"N": "1.5e+30"}, 2),
        ({"N": "-12.5"}, 4),
        ({"N": "12345678901234567890123456789012345678"}, 20),
        ({"B": b"1234"}, 4),
        ({"B": "MTIzNA=="}, 4),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "2345"]}, 5),
        ({"BS": ["MTIzNA==", b"5"]}, 5),
        ({"L": []}, 3),
        ({"L": [{"S": "abc"}, {"BOOL": True}]}, 9),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "abc"}}}, 10),
        ({"M": {"key": {"L": [{"NULL": True}]}}}, 12),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(value: dict[str, Any], size: int) -> None:
    assert item_bytes({"näme": value}) == 5 + size


@pytest.mark.parametrize(
    ("length", "units"), [(0, 1), (1023, 1), (1024, 2), (2047, 2), (2048, 3), (3583, 4)]
)
def test_each_begun_kilobyte_costs_a_write_unit(length: int, units: int) -> None:
    assert write_units({"a": {"S": "x" * length}}) == units


@pytest.mark.parametrize(
    ("size", "rate", "units"),
    [
        # The guide's examples: 8 KB is 2 units strongly, 1 eventually, 4 in a transaction.
        (8192, STRONG, 2),
        (8192, EVENTUAL, 1),
        (8192, TRANSACTIONAL, 4),
        # 3 KB counts as 4, 10 KB as 12; what is missing costs as well.
        (3072, STRONG, 1),
        (10240, STRONG, 3),
        (4097, EVENTUAL, 1),
        (0, EVENTUAL, 0.5),
    ],
)
def test_each_begun_4_kilobytes_cost_a_read_unit(size: int, rate: float, units: float) -> None:
    assert read_units(size, rate) == units
