"""Where a request is charged, refused or passed on."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping

from bench.capacity import batches, single, transactions
from bench.capacity.capacity import Capacity
from bench.capacity.exchange import Exchange, Tables
from bench.capacity.report import Report
from bench.capacity.upstream import Upstream
from bench.capacity.wire import Answer, Request

_CHARGED: Mapping[str, Callable[[Exchange], Answer]] = {
    "PutItem": single.put,
    "UpdateItem": single.update,
    "DeleteItem": single.delete,
    "GetItem": single.get,
    "Query": single.query,
    "Scan": single.query,
    "BatchWriteItem": batches.write,
    "BatchGetItem": batches.get,
    "TransactWriteItems": transactions.write,
    "TransactGetItems": transactions.get,
}
_CHANGES_A_TABLE = {"CreateTable", "UpdateTable", "DeleteTable"}


class Gate:
    """Answers requests, from any thread. The parameters are those of `Capacity`."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        burst: float,
        saving: bool,
        cut: random.Random | None,
    ) -> None:
        self.capacity = Capacity(clock=clock, burst=burst, saving=saving, cut=cut)
        self.report = Report(clock=clock, rate=self.capacity.rate)
        self._tables = Tables(self.capacity)

    def answer(self, request: Request, upstream: Upstream) -> Answer:
        """Answer a request, by the emulator unless it is throttled; errors are `Upstream`'s."""
        operation = request.operation or ""
        if operation in _CHARGED:
            return self._charge(_CHARGED[operation], request, upstream)
        answer = upstream.send(request)
        if operation in _CHANGES_A_TABLE and answer.is_ok:
            self._tables.renew(json.loads(request.body)["TableName"], request, upstream)
        return answer

    def _charge(
        self, charged: Callable[[Exchange], Answer], request: Request, upstream: Upstream
    ) -> Answer:
        exchange = Exchange(
            request=request,
            upstream=upstream,
            tables=self._tables,
            capacity=self.capacity,
            report=self.report,
        )
        try:
            return charged(exchange)
        except (AttributeError, KeyError, TypeError, ValueError):
            if exchange.is_sent:
                raise
            # It is malformed, or its charge could not be told, and the emulator says best
            # what is wrong.
            return exchange.send()
