"""The metrics as CloudWatch gets them, for tests to look into."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from tweeter import metrics
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
