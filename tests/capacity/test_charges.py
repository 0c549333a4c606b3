"""What writes and reads cost, by hand from the rules of the DynamoDB developer guide."""

from __future__ import annotations

from typing import Any

import pytest

from bench.capacity.charges import (
    Charge,
    Target,
    query_charge,
    query_probe,
    read_charge,
    write_charges,
)
from bench.capacity.shapes import TableShape
from bench.capacity.sizes import EVENTUAL, STRONG

SHAPE = TableShape.from_description(
    {
        "TableName": "table",
        "KeySchema": [
            {"AttributeName": "s", "KeyType": "RANGE"},
            {"AttributeName": "p", "KeyType": "HASH"},
        ],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7},
        "LocalSecondaryIndexes": [
            {
                "IndexName": "local",
                "KeySchema": [
                    {"AttributeName": "p", "KeyType": "HASH"},
                    {"AttributeName": "l", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "global",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            }
        ],
    }
)
KEY = {"p": {"S": "p"}, "s": {"N": "1"}}
LARGE = {"x": {"S": "x" * 2500}}


def item(**attributes: str) -> dict[str, Any]:
    return KEY | {name: {"S": value} for name, value in attributes.items()}


def units(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str | None, float]:
    """Return the units by index; the table and its local index together stand under None."""
    sums: dict[str | None, float] = {}
    for charge in write_charges(SHAPE, KEY, before, after):
        sums[charge.target.index] = sums.get(charge.target.index, 0) + charge.units
    return sums


def test_the_key_schema_may_come_in_any_order() -> None:
    assert SHAPE.keys == ("p", "s")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, item(), {None: 1}),
        (None, None, {None: 1}),
        (None, item() | LARGE, {None: 3}),
        (item() | LARGE, item(), {None: 3}),
        (item() | LARGE, None, {None: 3}),
        (None, item(l="1"), {None: 2}),
        (None, item(l="1") | LARGE, {None: 6}),
        (None, item(g="1"), {None: 1, "global": 1}),
        (None, item(g="1") | LARGE, {None: 3, "global": 1}),
        (item(g="1"), item(g="1", other="2"), {None: 1}),
        (item(g="1"), item(g="1", n="2"), {None: 1, "global": 1}),
        (item(g="1"), item(g="2"), {None: 1, "global": 2}),
        (item(g="1"), item(), {None: 1, "global": 1}),
        (item(l="1"), item(l="2"), {None: 3}),
    ],
)
def test_a_write_costs_by_the_larger_item_and_by_each_index_it_changes(
    before: dict[str, Any] | None, after: dict[str, Any] | None, expected: dict[str | None, float]
) -> None:
    assert units(before, after) == expected


def test_a_transaction_writes_everything_twice() -> None:
    charges = write_charges(SHAPE, KEY, None, item(g="1") | LARGE, times=2)
    assert [charge.units for charge in charges] == [6, 2]


def test_a_missing_item_costs_as_much_as_a_small_one() -> None:
    assert read_charge(SHAPE, KEY, None, STRONG).units == 1
    assert read_charge(SHAPE, KEY, None, EVENTUAL).units == 0.5


def test_a_query_is_rounded_on_its_sum() -> None:
    answer = {"Items": [item(x="x" * 500)] * 16, "Count": 16, "ScannedCount": 16}
    assert query_charge(query_probe(SHAPE, None), answer, STRONG).units == 2


def test_a_query_pays_for_what_its_filter_dropped() -> None:
    answer = {"Items": [item(x="x" * 1000)], "Count": 1, "ScannedCount": 16}
    assert query_charge(query_probe(SHAPE, None), answer, STRONG).units == 4


@pytest.mark.parametrize(("index", "pays"), [(None, None), ("local", None), ("global", "global")])
def test_a_global_index_pays_for_its_queries(index: str | None, pays: str | None) -> None:
    assert query_probe(SHAPE, index) == Charge(Target("table", pays, "read"), 0)


def test_a_table_paid_by_request_has_no_throughput() -> None:
    shape = TableShape.from_description(
        {
            "TableName": "table",
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        }
    )
    assert shape.throughput is None
