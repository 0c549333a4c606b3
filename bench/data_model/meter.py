"""What calls to DynamoDB cost, worked out by its rules from the items that they read and write.

Emulators know no costs, or wrong ones; so items are looked at here before and after each call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from bench.capacity.charges import write_charges
from bench.capacity.shapes import TableShape
from bench.capacity.sizes import EVENTUAL, STRONG, item_bytes, read_units
from tweeter import aws
from tweeter.dynamodb import BATCH_GET_LIMIT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
_BEFORE = "meter_before"
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs one table."""

    table: str
    """The full name."""
    call: str
    """The operation in a word, such as `query`."""
    read: float
    """RCU."""
    write: float
    """WCU, those of local indexes included."""
    working: str
    """How that comes about, in bytes."""


class Meter:
    """Measures calls through the process's clients; with nobody else doing anything meanwhile."""

    def __init__(self) -> None:
        self._raw: DynamoDBClient = boto3.client("dynamodb")  # not measured
        self._shapes: dict[str, TableShape] = {}
        self._costs: list[Cost] = []

    def measure(self, do: Callable[[], object]) -> list[Cost]:
        """Return what it costs to do something, in the order of its calls."""
        self._costs = []
        events = [aws.client("dynamodb", attempts).meta.events for attempts in (1, aws.ATTEMPTS)]
        for each in events:
            each.register_first("provide-client-params", self._begin)
            each.register_last("after-call", self._end)
        try:
            do()
        finally:
            for each in events:
                each.unregister("provide-client-params", self._begin)
                each.unregister("after-call", self._end)
        return self._costs

    def _begin(
        self, params: dict[str, Any], model: Any, context: dict[str, Any], **_rest: Any
    ) -> None:
        written = list(_written(model.name, params))
        before = [self._find(table, self._key(table, named)) for table, named, _ in written]
        context[_BEFORE] = (params, written, before)

    def _end(
        self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_rest: Any
    ) -> None:
        if "Error" in parsed:
            message = f"{model.name} failed: {parsed['Error']}"
            raise AssertionError(message)
        params, written, before = context[_BEFORE]
        if written:
            self._note_writes(model.name, written, before)
        elif model.name in {"Query", "Scan"}:
            self._note_query(model.name, params, parsed)
        elif model.name == "GetItem":
            found = [parsed["Item"]] if "Item" in parsed else []
            table = params["TableName"]
            self._note_reads("get", table, params, self._whole(table, found, params), 1)
        elif model.name == "BatchGetItem":
            for table, asked in params["RequestItems"].items():
                found = parsed["Responses"].get(table, [])
                self._note_reads("batch get", table, asked, found, len(asked["Keys"]))

    def _note_writes(
        self, name: str, written: Sequence[tuple[str, Item, int]], before: Sequence[Item | None]
    ) -> None:
        call = {"BatchWriteItem": "batch write", "TransactWriteItems": "transaction"}.get(
            name, name.removesuffix("Item").lower()
        )
        for table in dict.fromkeys(table for table, _, _ in written):
            units, terms = 0.0, []
            for (one, named, times), old in zip(written, before, strict=True):
                if one == table:
                    key = self._key(table, named)
                    new = self._find(table, key)
                    charged, *indexes = write_charges(
                        self._shape(table), key, old, new, times=times
                    )
                    units += charged.units + sum(each.units for each in indexes)
                    size = max(item_bytes(old or {}), item_bytes(new or {}))
                    terms.append(("" if times == 1 else f"2 {_TIMES} ") + _rounded(size, 1))
                    terms += [f"{each.units:g} for the index" for each in indexes]
            self._costs.append(Cost(table, call, 0, units, _sum(terms)))

    def _note_query(self, name: str, params: Item, answer: Item) -> None:
        table, rate = params["TableName"], _rate(params)
        index = self._shape(table).index(params.get("IndexName"))
        size = sum(
            item_bytes(index.entry_of(item) or {} if index else item)
            for item in self._whole(table, answer["Items"], params)
        )
        number = len(answer["Items"])
        count = f"{number} items: " if number != 1 else ""
        call = f"{name.lower()} of the index" if index else name.lower()
        working = count + _half(rate) + _rounded(size, 4)
        self._costs.append(Cost(table, call, read_units(size, rate), 0, working))

    def _note_reads(
        self, call: str, table: str, asked: Item, found: Sequence[Item], number: int
    ) -> None:
        """Note reads by so many keys, each of which is rounded for itself, found or not."""
        rate = _rate(asked)
        sizes = [item_bytes(item) for item in found] + [0] * (number - len(found))
        units = sum(read_units(size, rate) for size in sizes)
        terms = [_half(rate) + _rounded(size, 4) for size in sizes]
        self._costs.append(Cost(table, call, units, 0, _sum(terms)))

    def _whole(self, table: str, items: Sequence[Item], asked: Item) -> Sequence[Item]:
        """Return items as they are stored: all of them is paid for, whatever was asked for."""
        if "ProjectionExpression" not in asked and "IndexName" not in asked:
            return items
        keys = [self._key(table, item) for item in items]
        whole: list[Item] = []
        for start in range(0, len(keys), BATCH_GET_LIMIT):
            asked_for: Any = {table: {"Keys": keys[start : start + BATCH_GET_LIMIT]}}
            whole += self._raw.batch_get_item(RequestItems=asked_for)["Responses"][table]
        return whole

    def _find(self, table: str, key: Item) -> Item | None:
        return self._raw.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _key(self, table: str, item: Item) -> dict[str, Any]:
        return self._shape(table).key_of(item)

    def _shape(self, table: str) -> TableShape:
        if table not in self._shapes:
            described = self._raw.describe_table(TableName=table)["Table"]
            self._shapes[table] = TableShape.from_description(described)
        return self._shapes[table]


def _written(name: str, params: Item) -> Iterator[tuple[str, Item, int]]:
    """Yield the table of each item that a call writes or checks, the item or its key, and how many
    times its units count."""
    if name in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield params["TableName"], params.get("Item") or params["Key"], 1
    elif name == "BatchWriteItem":
        for table, requests in params["RequestItems"].items():
            for request in requests:
                [asked] = request.values()
                yield table, asked.get("Item") or asked["Key"], 1
    elif name == "TransactWriteItems":
        for action in params["TransactItems"]:
            [asked] = action.values()
            yield asked["TableName"], asked.get("Item") or asked["Key"], 2


def _rate(asked: Item) -> float:
    return STRONG if asked.get("ConsistentRead") else EVENTUAL


def _half(rate: float) -> str:
    return f"½ {_TIMES} " if rate == EVENTUAL else ""


def _rounded(size: int, kilobytes: int) -> str:
    return f"⌈{size:,} B / {kilobytes} KB⌉" if size else "1 for nothing there"


def _sum(terms: Sequence[str]) -> str:
    """Return a sum, with equal terms taken together."""
    sums = []
    for term, number in Counter(terms).items():
        bracketed = f"({term})" if _TIMES in term or " for " in term else term
        sums.append(term if number == 1 else f"{number} {_TIMES} {bracketed}")
    return " + ".join(sums)
