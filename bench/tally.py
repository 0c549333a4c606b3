"""What the workers asked of AWS, added up as it happens."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Self

from bench.capacity.sizes import write_units
from bench.recorder import Call


@dataclasses.dataclass(kw_only=True)
class WorkReport:
    """The figures of one run of the workers."""

    requests: Counter[str] = dataclasses.field(default_factory=Counter)
    """HTTP requests by service and operation, those that botocore sent again included."""
    wcu: Counter[str] = dataclasses.field(default_factory=Counter)
    """Write capacity units by table."""
    written: list[tuple[float, int]] = dataclasses.field(default_factory=list)
    """Feed entries taken by each batch, and when: seconds since the epoch."""
    refused: int = 0
    """Feed entries that came back unprocessed."""
    peak_bytes: int = 0
    """The most memory that the process ever had."""

    @property
    def entries(self) -> int:
        """How many feed entries were written, repeated ones included."""
        return sum(count for _, count in self.written)

    def to_json(self) -> str:
        """Return what `from_json` reads."""
        return json.dumps(vars(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the report that was written by `to_json`."""
        fields = json.loads(text)
        for name in ("requests", "wcu"):
            fields[name] = Counter(fields[name])
        fields["written"] = [(moment, count) for moment, count in fields["written"]]
        return cls(**fields)


class Tally:
    """Adds up calls, from any thread."""

    def __init__(self, feed_table: str) -> None:
        self.report = WorkReport()
        self._feed_table = feed_table
        self._lock = threading.Lock()

    def note(self, call: Call) -> None:
        """Count a call."""
        with self._lock:
            self.report.requests[f"{call.service} {call.operation}"] += call.sent
            for table, units in _writes(call):
                self.report.wcu[table] += units
            if call.operation == "BatchWriteItem":
                self._note_entries(call)

    def _note_entries(self, call: Call) -> None:
        sent = len(call.parameters["RequestItems"].get(self._feed_table, ()))
        left = len(call.answer.get("UnprocessedItems", {}).get(self._feed_table, ()))
        if "Error" in call.answer:
            left = sent
        self.report.refused += left
        self.report.written.append((time.time(), sent - left))


def _writes(call: Call) -> Iterator[tuple[str, int]]:
    """Yield the table and the WCU of each write in a call, refused conditions included.

    Updates count 1: DynamoDB charges by the size of the whole item, which a call does not tell,
    and all items that are updated here stay below 1 KB (the benchmark looks at them afterwards).
    """
    parameters: dict[str, Any] = call.parameters
    if call.operation == "BatchWriteItem" and "Error" not in call.answer:
        for table, requests in parameters["RequestItems"].items():
            left = call.answer.get("UnprocessedItems", {}).get(table, [])
            taken = [request for request in requests if request not in left]
            yield table, sum(write_units(request["PutRequest"]["Item"]) for request in taken)
    elif call.operation == "PutItem":
        yield parameters["TableName"], write_units(parameters["Item"])
    elif call.operation == "UpdateItem":
        yield parameters["TableName"], 1
