"""Figures, each with its target, and those that every case has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.fanout.bill import Bill, feed_writes, gb_seconds
from bench.fanout.observation import Observation

_MILLION = 1_000_000
_LAMBDA_REQUESTS = 2
"""What Lambda itself asks of SQS for an invocation: to receive and to delete. Polls that find
nothing are left out: there are as many of them without any post."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured."""

    name: str
    value: float
    """NaN where there is nothing to measure, infinite for what never happened."""
    unit: str = ""
    target: float | None = None
    """What it should be; None where nothing is asked."""
    is_least: bool = False
    """Whether `target` is the least that will do, rather than the most."""
    digits: int = 1

    @property
    def is_met(self) -> bool | None:
        """Tell whether it meets its target; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.is_least else self.value <= self.target

    @property
    def measured(self) -> str:
        """The value with its unit."""
        if math.isnan(self.value):
            return "-"
        if math.isinf(self.value):
            return "never"
        return f"{self.value:,.{self.digits}f} {self.unit}".strip()

    @property
    def asked(self) -> str:
        """The target, and a mark where it is missed."""
        if self.target is None:
            return ""
        sign = ">=" if self.is_least else "<="
        missed = "" if self.is_met else "  MISSED"
        return f"{sign} {self.target:g} {self.unit}".rstrip() + missed

    def to_json(self) -> dict[str, Any]:
        """Return it for a machine to read: null for what is no number."""
        return {
            "name": self.name,
            "value": self.value if math.isfinite(self.value) else None,
            "unit": self.unit,
            "target": self.target,
            "met": self.is_met,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Targets of the figures that every case has; None where nothing is asked."""

    refused: float | None = None
    """Percent of the entries."""
    repeated: float | None = None
    """Percent of the entries."""
    gb_seconds: float | None = None
    cost: float | None = None
    """Percent of the feed writes' price."""


def common_figures(
    seen: Observation, limits: Limits, *, enqueuing_requests: int | None = None
) -> list[Figure]:
    """Return what every case has: refusals, Lambda, SQS, prices, and how exact the feeds are.

    `enqueuing_requests` is what the POSTs asked of SQS; one each when left out.
    """
    entries = seen.entries
    refused = sum(write.refused for write in seen.log.writes)
    repeated = sum(write.repeated for write in seen.log.writes)
    answers = [1000 * (post.answered_at - post.sent_at) for post in seen.posts]
    bill = _bill(seen, len(seen.posts) if enqueuing_requests is None else enqueuing_requests)
    provisioned, on_demand = feed_writes(entries)
    return [
        Figure("entries refused", 100 * refused / entries, "%", limits.refused, digits=2),
        Figure("entries written again", 100 * repeated / entries, "%", limits.repeated, digits=2),
        Figure("POST answered in (median)", median(answers), "ms", digits=0),
        Figure("POST answered in (longest)", max(answers), "ms", digits=0),
        Figure("Lambda", bill.gb_seconds, "GB-s", limits.gb_seconds, digits=2),
        Figure("Lambda invocations", bill.invocations, digits=0),
        *_other_writes(seen),
        Figure("requests to SQS", bill.sqs_requests, digits=0),
        *_costs(bill, len(seen.posts)),
        Figure(
            "- of the feed writes as provisioned",
            100 * bill.dollars / provisioned,
            "%",
            limits.cost,
        ),
        Figure("- of the feed writes on demand", 100 * bill.dollars / on_demand, "%", limits.cost),
        Figure("entries due", entries, digits=0),
        Figure("feeds that hold it once", seen.check.exact, "", entries, True, 0),
        Figure("feeds that miss it", seen.check.missing, "", 0, digits=0),
        Figure("feeds that should not hold it", seen.check.unexpected, "", 0, digits=0),
    ]


def _costs(bill: Bill, posts: int) -> Sequence[Figure]:
    parts = {"in all": bill.dollars, **bill.parts}
    return [
        Figure(
            f"cost beyond the feed writes, {name}", _MILLION * dollars / posts, "$/million posts"
        )
        for name, dollars in parts.items()
    ]


def _bill(seen: Observation, enqueuing_requests: int) -> Bill:
    """Return what was used beyond the feed writes, the POSTs' own part in DynamoDB included."""
    others = [table["totals"] for name, table in seen.tables.items() if name != "feeds"]
    sent = sum(
        count for name, count in seen.log.requests.items() if name.partition(" ")[0] == "sqs"
    )
    invocations = seen.log.invocations
    return Bill(
        writes=sum(totals["write_units"] for totals in others),
        reads=sum(totals["read_units"] for totals in others),
        sqs_requests=enqueuing_requests + sent + _LAMBDA_REQUESTS * len(invocations),
        invocations=len(invocations),
        gb_seconds=gb_seconds(invocation.seconds for invocation in invocations),
    )


def _other_writes(seen: Observation) -> Sequence[Figure]:
    units = {
        name: table["totals"]["write_units"]
        for name, table in sorted(seen.tables.items())
        if name != "feeds" and table["totals"]["write_units"]
    }
    reads = sum(table["totals"]["read_units"] for table in seen.tables.values())
    shares = [
        Figure(f"write units in {name}", 100 * used / seen.entries, "% of entries", digits=2)
        for name, used in units.items()
    ]
    return [*shares, Figure("read units in all tables", 100 * reads / seen.entries, "% of entries")]
