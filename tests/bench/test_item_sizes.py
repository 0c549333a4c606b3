"""Item sizes, by hand from the rules of the DynamoDB developer guide."""

from __future__ import annotations

from typing import Any

import pytest

from bench.item_sizes import item_bytes, write_units


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "é€"}, 5),
        ({"N": "0"}, 1),
        ({"N": "100"}, 2),
        ({"N": "-12.5"}, 4),
        ({"B": b"1234"}, 4),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "2345"]}, 5),
        ({"L": []}, 3),
        ({"L": [{"S": "abc"}, {"BOOL": True}]}, 9),
        ({"M": {"key": {"S": "abc"}}}, 10),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(value: dict[str, Any], size: int) -> None:
    assert item_bytes({"name": value}) == len("name") + size


@pytest.mark.parametrize(("length", "units"), [(1, 1), (1023, 1), (1024, 2), (2047, 2), (2048, 3)])
def test_each_begun_kilobyte_costs_a_unit(length: int, units: int) -> None:
    assert write_units({"a": {"S": "x" * length}}) == units
