"""What a delivery comes to, in US dollars, without what is free."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tweeter import prices

MEMORY_GB = 0.5
"""What a function has: 512 MB, which is Zappa's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What was used beyond the writes to the feed table."""

    writes: float
    """Write units of the other tables, which are paid by request."""
    reads: float
    """Read units of those tables."""
    sqs_requests: int
    invocations: int
    gb_seconds: float

    @property
    def parts(self) -> dict[str, float]:
        """What it costs in dollars, by service."""
        return {
            "DynamoDB": self.writes * prices.ON_DEMAND_WRITE + self.reads * prices.ON_DEMAND_READ,
            "SQS": self.sqs_requests * prices.SQS_REQUEST,
            "Lambda": self.invocations * prices.INVOCATION + self.gb_seconds * prices.GB_SECOND,
        }

    @property
    def dollars(self) -> float:
        """What all of it costs."""
        return sum(self.parts.values())


def gb_seconds(durations: Iterable[float]) -> float:
    """Return what Lambda bills for invocations of so many seconds, each rounded up to 1 ms."""
    # Rounded to nanoseconds first, or 0.007 * 1000 would become 8 ms.
    return sum(math.ceil(round(seconds * 1000, 6)) / 1000 for seconds in durations) * MEMORY_GB


def feed_writes(units: float) -> tuple[float, float]:
    """Return the dollars for write units of the feed table: provisioned, and by request."""
    return units * prices.WCU_HOUR / 3_600, units * prices.ON_DEMAND_WRITE
