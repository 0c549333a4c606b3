"""What is asked of AWS, seen at botocore's clients by their events."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

_STARTED = "bench_started"


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS, and its answer."""

    service: str
    """botocore's name: `dynamodb`, `sqs` or `s3`."""
    operation: str
    """AWS's name, such as `BatchGetItem`."""
    parameters: dict[str, Any]
    answer: dict[str, Any]
    sent: int
    """HTTP requests that it took: 1, and more where botocore tried again."""
    seconds: float
    """From when botocore took the parameters until it had read the answer."""


class Recorder:
    """Hands every call that goes through some clients to `note`, from whatever thread makes it,
    while it is entered.

    Its events are the first and the last ones of a call: "provide-client-params" and "after-call"
    in botocore's list of events.
    """

    def __init__(self, clients: Sequence[Any], note: Callable[[Call], object]) -> None:
        self._clients = clients
        self._note = note

    def __enter__(self) -> Self:
        for client in self._clients:
            client.meta.events.register_first("provide-client-params", self._begin)
            client.meta.events.register_last("after-call", self._end)
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.meta.events.unregister("provide-client-params", self._begin)
            client.meta.events.unregister("after-call", self._end)

    def _begin(self, params: dict[str, Any], context: dict[str, Any], **_rest: Any) -> None:
        # A copy, since botocore adds a token to transactions; not a deep one, whose time would
        # count as the product's.
        context[_STARTED] = (dict(params), time.perf_counter())

    def _end(
        self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_rest: Any
    ) -> None:
        parameters, started = context[_STARTED]
        self._note(
            Call(
                service=model.service_model.service_name,
                operation=model.name,
                parameters=parameters,
                answer=parsed,
                sent=1 + parsed["ResponseMetadata"].get("RetryAttempts", 0),
                seconds=time.perf_counter() - started,
            )
        )
