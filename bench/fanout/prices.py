"""What AWS charges, and what a delivery comes to.

As of 2026-11, us-east-1, in US dollars, without free tiers. Sources: the pricing pages of Amazon
DynamoDB (standard table class), Amazon SQS (standard queues) and AWS Lambda (x86, first tier).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

DATED = "2026-11"

_MILLION = 1_000_000
ON_DEMAND_WRITE = 0.625 / _MILLION
ON_DEMAND_READ = 0.125 / _MILLION
WCU_SECOND = 0.00065 / 3600
SQS_REQUEST = 0.40 / _MILLION
GB_SECOND = 0.0000166667
INVOCATION = 0.20 / _MILLION

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
            "DynamoDB": self.writes * ON_DEMAND_WRITE + self.reads * ON_DEMAND_READ,
            "SQS": self.sqs_requests * SQS_REQUEST,
            "Lambda": self.invocations * INVOCATION + self.gb_seconds * GB_SECOND,
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
    return units * WCU_SECOND, units * ON_DEMAND_WRITE
