"""The metrics as CloudWatch gets them, for tests to look into, and a store that throttles."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tweeter import aws, metrics
from tweeter.config import get_config
from tweeter.metrics import Metric

SeriesKey = tuple[str, frozenset[tuple[str, str]]]
"""A metric's name, and its dimensions."""


class Recorded:
    """The lines that were written, read back as CloudWatch reads them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def values(self, metric: Metric, **dimensions: str) -> list[float]:
        """Return the values of one metric, besides the environment with these dimensions."""
        wanted = frozenset({"environment": get_config().environment, **dimensions}.items())
        return self.by_series().get((metric.value, wanted), [])

    def by_series(self) -> dict[SeriesKey, list[float]]:
        """Return all values."""
        found: dict[SeriesKey, list[float]] = defaultdict(list)
        for line in self.lines:
            members = json.loads(line)
            for directive in members["_aws"]["CloudWatchMetrics"]:
                for names in directive["Dimensions"]:
                    dimensions = frozenset((name, members[name]) for name in names)
                    for definition in directive["Metrics"]:
                        name = definition["Name"]
                        found[name, dimensions] += members[name]
        return found


@contextmanager
def recorded_metrics() -> Iterator[Recorded]:
    """Collect the lines of metrics that are written within, as if this were Lambda."""
    recorded = Recorded()
    metrics.process.write_to(recorded.lines.append, get_config().environment)
    try:
        yield recorded
    finally:
        metrics.process.stop_writing()
        metrics.flush()


@contextmanager
def throttled(operation: str, *, times: int, attempts: int = aws.ATTEMPTS) -> Iterator[None]:
    """Have DynamoDB refuse an operation so often for want of capacity, and then carry it out.

    `attempts` says which of the process's clients is meant.
    """
    left = times

    def refuse(request: Any, **_: object) -> AWSResponse | None:
        nonlocal left
        left -= 1
        if left < 0:
            return None
        code = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
        return _answer(request.url, {"__type": code, "message": "slow down"})

    events = aws.client("dynamodb", attempts).meta.events
    event = f"before-send.dynamodb.{operation}"
    handler: Callable[..., Any] = refuse
    events.register_first(event, handler)
    try:
        yield
    finally:
        events.unregister(event, handler)


def _answer(url: str, body: Mapping[str, str]) -> AWSResponse:
    """Return an answer of DynamoDB with status 400."""
    content = json.dumps(body).encode()

    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield content

    headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
    return AWSResponse(url, 400, headers, Raw())
