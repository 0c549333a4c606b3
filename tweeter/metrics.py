"""What the system measures of itself, written as CloudWatch's embedded metric format.

On Lambda a line on stdout in that format becomes metrics: no call to AWS that a request would wait
for, and no permission. The lines are made by hand, since that of aws_lambda_powertools has one set
of dimensions at a time, is not made for threads, and takes 80 ms to import: this module is loaded
by the rules, too, and so by everything.

Each metric costs money for each combination of its dimensions (`METRIC_MONTH` in
tweeter/prices.py), so a dimension must have few values, known beforehand.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Self

NAMESPACE = "Tweeter"
ENVIRONMENT = "environment"
"""The dimension that every metric has."""

_VALUES_A_LINE = 100
"""AWS: CloudWatch user guide, embedded metric format specification, target members."""

_Dimensions = tuple[tuple[str, str], ...]


class Metric(StrEnum):
    """Everything that is measured, by its name in CloudWatch."""

    unit: str
    """CloudWatch's: `Seconds`, `Milliseconds` or `Count`."""

    CHUNK_DELAY_SECONDS = "ChunkDelay", "Seconds"
    """From the creation of a status to all feeds of one of its chunks being written. The maximum is
    how long the whole delivery took: that one chunk is the last of a delivery can't be told without
    reading how far the others are."""

    ENTRIES_WRITTEN = "EntriesWritten", "Count"
    """Feed entries that the feed table took."""

    ENTRIES_REFUSED = "EntriesRefused", "Count"
    """Feed entries that it had no capacity for; each is sent again."""

    THROTTLED_CALLS = "ThrottledCalls", "Count"
    """Calls, each attempt counted, that an AWS service answered with there being too many."""

    MESSAGES_PUT_BACK = "MessagesPutBack", "Count"
    """Messages sent anew by a worker: nothing is lost, but it takes longer."""

    MESSAGES_BURIED = "MessagesBuried", "Count"
    """Messages that a worker could not read, and sent to the dead letters."""

    DAMAGED_ITEMS = "DamagedItems", "Count"
    """Looks at stored items that could not be made out."""

    QUEUE_AGE_SECONDS = "QueueAge", "Seconds"
    """From sending to receiving the oldest message of an event, by `queue`, its delay included."""

    REQUEST_MILLISECONDS = "RequestTime", "Milliseconds"
    """What a request took within the application, by `route`."""

    SERVER_ERRORS = "ServerErrors", "Count"
    """Requests that were answered with a status of 500 or above."""

    def __new__(cls, name: str, unit: str) -> Self:
        """Make a member whose value is its name in CloudWatch."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.unit = unit
        return member


class MetricsBuffer:
    """Collects values, for any number of threads, until they are written or dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[_Dimensions, dict[Metric, list[float]]] = {}
        self._environment = ""
        self._write: Callable[[str], object] | None = None

    def write_to(self, write: Callable[[str], object], environment: str) -> None:
        """Give what is flushed from now on to `write`, line by line."""
        self._environment, self._write = environment, write

    def stop_writing(self) -> None:
        """Drop all values from now on, as it is in the beginning."""
        self._write = None

    def add(self, metric: Metric, value: float, **dimensions: str) -> None:
        """Collect a value, in the metric's unit."""
        if self._write is None:
            return  # rather than to keep what nobody may ever flush
        key = tuple(sorted(dimensions.items()))
        with self._lock:
            self._values.setdefault(key, defaultdict(list))[metric].append(value)

    def flush(self) -> None:
        """Write what was collected, and forget it: at the end of each request, and of each event of
        a worker, since Lambda may freeze the process for good then."""
        with self._lock:
            collected, self._values = self._values, {}
        write = self._write
        if write is None:
            return
        for key, values in collected.items():
            dimensions = {ENVIRONMENT: self._environment, **dict(key)}
            for line in _lines(dimensions, values):
                write(line)


process = MetricsBuffer()
"""What this process measures; whoever flushes it does so for all that was added so far."""

add = process.add
flush = process.flush


def configure(*, on_lambda: bool, environment: str) -> None:
    """Have this process's metrics written if it is one of Lambda's; everywhere else they are
    dropped. Idempotent."""
    if on_lambda:
        process.write_to(_print, environment)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - stdout is where Lambda takes metrics from


def _lines(dimensions: Mapping[str, str], collected: Mapping[Metric, list[float]]) -> Iterator[str]:
    """Yield lines of at most 100 values a metric."""
    longest = max(len(values) for values in collected.values())
    for start in range(0, longest, _VALUES_A_LINE):
        values = {
            metric: some[start : start + _VALUES_A_LINE]
            for metric, some in collected.items()
            if start < len(some)
        }
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": metric, "Unit": metric.unit} for metric in values],
        }
        head = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        yield json.dumps({"_aws": head, **dimensions, **values})
