"""What worker processes did: feed entries by status, requests, and billed invocations."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, Self, TypeVar

from bench.recorder import Call

P = ParamSpec("P")
R = TypeVar("R")


class FeedWrite(NamedTuple):
    """What became of the entries of one status in one batch."""

    moment: float
    """When the batch was answered: seconds since the epoch."""
    status_id: str
    new: int
    """Entries written for the first time."""
    repeated: int
    """Entries that had been written before."""
    refused: int
    """Entries that came back unprocessed."""


class Invocation(NamedTuple):
    """One call of a Lambda handler."""

    function: str
    started: float
    """Seconds since the epoch."""
    seconds: float


@dataclasses.dataclass(kw_only=True)
class WorkLog:
    """The figures of one worker process."""

    requests: Counter[str] = dataclasses.field(default_factory=Counter)
    """HTTP requests by service and operation, without what Lambda itself asks of SQS."""
    writes: list[FeedWrite] = dataclasses.field(default_factory=list)
    invocations: list[Invocation] = dataclasses.field(default_factory=list)

    def to_json(self) -> str:
        """Return what `from_json` reads."""
        return json.dumps(vars(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the log that was written by `to_json`."""
        fields = json.loads(text)
        return cls(
            requests=Counter(fields["requests"]),
            writes=[FeedWrite(*write) for write in fields["writes"]],
            invocations=[Invocation(*invocation) for invocation in fields["invocations"]],
        )


class Logger:
    """Keeps a `WorkLog`, from any thread."""

    def __init__(self, feed_table: str) -> None:
        self.log = WorkLog()
        self._feed_table = feed_table
        self._written: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def note(self, call: Call) -> None:
        """Count a call to AWS."""
        with self._lock:
            self.log.requests[f"{call.service} {call.operation}"] += call.sent
            if call.operation == "BatchWriteItem":
                self._note_entries(call)

    def billed(self, function: str, handler: Callable[P, R]) -> Callable[P, R]:
        """Return the handler of a function, with each invocation of it noted."""

        @wraps(handler)
        def invoke(*args: P.args, **kwargs: P.kwargs) -> R:
            started, begun = time.time(), time.perf_counter()
            try:
                return handler(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - begun
                with self._lock:
                    self.log.invocations.append(Invocation(function, started, seconds))

        return invoke

    def _note_entries(self, call: Call) -> None:
        sent = _keys(call.parameters["RequestItems"].get(self._feed_table, ()))
        left = _keys(call.answer.get("UnprocessedItems", {}).get(self._feed_table, ()))
        refused = set(sent if "Error" in call.answer else left)
        moment = time.time()
        for status_id in dict.fromkeys(status for status, _ in sent):
            owners = [owner for status, owner in sent if status == status_id]
            taken = {owner for owner in owners if (status_id, owner) not in refused}
            known = self._written.setdefault(status_id, set())
            new = len(taken - known)
            known |= taken
            write = FeedWrite(moment, status_id, new, len(taken) - new, len(owners) - len(taken))
            self.log.writes.append(write)


def _keys(requests: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    items = [request["PutRequest"]["Item"] for request in requests if "PutRequest" in request]
    return [(item["status_id"]["S"], item["owner_id"]["S"]) for item in items]
