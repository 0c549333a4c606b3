"""One request on its way: what its operation needs to charge it, to pass it on and to report it."""

from __future__ import annotations

import dataclasses
import functools
import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from bench.capacity.capacity import Capacity
from bench.capacity.charges import Charge, only_table
from bench.capacity.report import Report
from bench.capacity.shapes import TableShape
from bench.capacity.upstream import Upstream
from bench.capacity.wire import Answer, Request, throttled

_PAID_IN_VAIN = {"ConditionalCheckFailedException", "TransactionCanceledException"}


class Tables:
    """The shapes of all tables, each asked of the emulator when it is first used.

    Safe for threads; two that ask at once learn the same.
    """

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._shapes: dict[str, TableShape] = {}

    def find(self, name: str, request: Request, upstream: Upstream) -> TableShape | None:
        """Return a table's shape, or None when there is no such table."""
        with self._lock:
            shape = self._shapes.get(name)
        return shape or self.renew(name, request, upstream)

    def renew(self, name: str, request: Request, upstream: Upstream) -> TableShape | None:
        """Ask again, and let what is provisioned now count from now on."""
        answer = upstream.ask(request, "DescribeTable", {"TableName": name})
        if not answer.is_ok:
            with self._lock:
                self._shapes.pop(name, None)
            self._capacity.forget(name)
            return None
        shape = TableShape.from_description(answer.payload()["Table"])
        with self._lock:
            self._shapes[name] = shape
        self._capacity.learn(shape)
        return shape


@dataclasses.dataclass(kw_only=True)
class Exchange:
    """A charged request."""

    request: Request
    upstream: Upstream
    tables: Tables
    capacity: Capacity
    report: Report
    is_sent: bool = False
    """Whether it was passed on, which happens once."""

    @functools.cached_property
    def payload(self) -> dict[str, Any]:
        """The request's parameters; ValueError when they are no JSON."""
        payload: dict[str, Any] = json.loads(self.request.body)
        return payload

    def shape(self, table: str) -> TableShape | None:
        """Return a table's shape, or None when there is no such table."""
        return self.tables.find(table, self.request, self.upstream)

    def send(self, payload: dict[str, Any] | None = None) -> Answer:
        """Pass the request on, with other parameters if any are given."""
        self.is_sent = True
        if payload is None:
            return self.upstream.send(self.request)
        return self.upstream.send(self.request.with_payload(payload))

    def pay(
        self,
        shape: TableShape,
        taken: Sequence[Charge],
        final: Callable[[Answer], Sequence[Charge]],
        *,
        payload: dict[str, Any] | None = None,
        put: bytes | None = None,
    ) -> Answer:
        """Take charges and pass the request on, or throttle it.

        `final` tells by the answer what a request that was done came to. One that failed by its
        condition pays what was taken from the table itself, one that failed otherwise nothing.
        `put` is the fingerprint of the key that it puts.
        """
        if not all(self.capacity.admit([taken])):
            self.report.note(shape.name, throttled_requests=1)
            return throttled()
        answer = self.send(payload)
        due: Sequence[Charge] = []
        if answer.is_ok:
            due = final(answer)
        elif answer.error in _PAID_IN_VAIN:
            due = only_table(taken)
        self.capacity.correct(taken, due)
        is_write = answer.is_ok and taken[0].target.kind == "write"
        self.report.note(
            shape.name,
            charges=due,
            puts=[put] if put and answer.is_ok else [],
            write_items_accepted=int(is_write),
        )
        return answer
