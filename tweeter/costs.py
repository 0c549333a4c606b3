"""What a month and a post cost, by the dated table in `tweeter.prices`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tweeter import prices
from tweeter.management.words import counted

_HOUR_SECONDS = 3_600
_MEASURED_FOLLOWERS = 10_000
"""How many the author had whose one status the figures below are of: `make bench-fanout`, the case
"nothing saved up". Each grows with the followers, since it is for every chunk of them."""
_CHUNK = 100
"""Followers in a chunk of the same run."""
_WRITES = 179
"""Write units of all tables but the feeds: progress, line, budget."""
_READS = 331
"""Read units, most of them of the pages of followers."""
_SQS_REQUESTS = 352
_INVOCATIONS = 138
_GB_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is paid for whether or not anybody comes."""

    feed_read_capacity: int
    """RCU."""
    feed_write_capacity: int
    """WCU."""
    polled_queues: int
    """How many queues Lambda polls: two, one while the other has lost its mapping, or none while
    triggers are off."""
    alarm_metrics: int
    dashboards: int
    snapshot_gb: float
    """Memory of all versions whose SnapStart snapshots are kept, in GB."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill, in US dollars."""

    what: str
    dollars: float
    beyond_free: float
    """What is left after what AWS gives every account for nothing, if nothing else uses that."""


def month(installation: Installation) -> list[Line]:
    """Return what a month costs in which nobody comes."""
    return [
        _capacity("WCU", installation.feed_write_capacity, prices.WCU_HOUR, prices.FREE_WCU),
        _capacity("RCU", installation.feed_read_capacity, prices.RCU_HOUR, prices.FREE_RCU),
        _counted(
            f"polling of {counted(installation.polled_queues, 'queue')}",
            installation.polled_queues * prices.IDLE_POLLS,
            prices.SQS_REQUEST,
            prices.FREE_SQS_REQUESTS,
        ),
        _counted("alarms", installation.alarm_metrics, prices.ALARM_MONTH, prices.FREE_ALARMS),
        _counted(
            "dashboards", installation.dashboards, prices.DASHBOARD_MONTH, prices.FREE_DASHBOARDS
        ),
        _counted(
            "snapshots of SnapStart",
            installation.snapshot_gb * prices.HOURS * _HOUR_SECONDS,
            prices.SNAPSHOT_GB_SECOND,
            0,
        ),
    ]


def post(followers: int, *, on_demand: bool) -> list[tuple[str, float]]:
    """Return what a status to so many followers costs in US dollars, by its parts.

    The entries are paid by request on a feed table `on_demand`; else they are written from capacity
    that is paid by the hour, and theirs is a share of that. All else is at least what one chunk
    takes.
    """
    share = max(followers, _CHUNK) / _MEASURED_FOLLOWERS
    return [
        ("feed entries", entries(followers, on_demand=on_demand)),
        (
            "other tables",
            share * (_WRITES * prices.ON_DEMAND_WRITE + _READS * prices.ON_DEMAND_READ),
        ),
        ("SQS", share * _SQS_REQUESTS * prices.SQS_REQUEST),
        ("Lambda", share * (_INVOCATIONS * prices.INVOCATION + _GB_SECONDS * prices.GB_SECOND)),
    ]


def entries(followers: int, *, on_demand: bool) -> float:
    """Return what the entries alone cost, by request or as a share of provisioned capacity."""
    return followers * (prices.ON_DEMAND_WRITE if on_demand else prices.WCU_HOUR / _HOUR_SECONDS)


def use() -> list[tuple[str, float]]:
    """Return what each kind of use adds, in US dollars."""
    return [
        ("a million requests, beyond Lambda and tables", 1_000_000 * prices.API_REQUEST),
        ("a GB-month in tables", prices.TABLE_GB_MONTH),
        ("the same, if it can be restored: in addition", prices.RECOVERY_GB_MONTH),
        ("a GB-month of pictures", prices.PICTURE_GB_MONTH),
        ("a thousand pictures, stored", 1_000 * prices.PICTURE_WRITE),
        ("a thousand pictures, fetched", 1_000 * prices.PICTURE_READ),
        ("a GB of log", prices.LOG_GB),
        (f"a month of a metric, beyond {prices.FREE_METRICS}", prices.METRIC_MONTH),
        ("a thousand starts from a snapshot of a GB", 1_000 * prices.RESTORED_GB),
    ]


def use_table() -> Iterator[str]:
    """Yield the lines of a table of what use adds."""
    yield f"{'what use adds':<48}{'USD':>8}"
    for what, dollars in use():
        yield f"{what:<48}{dollars:>8.3f}"


def month_table(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the lines of a table of a month, with its sum."""
    yield f"{'a month, when nobody comes':<32}{'USD':>10}{'beyond what is free':>22}"
    total = Line(
        "in all", sum(line.dollars for line in lines), sum(line.beyond_free for line in lines)
    )
    for line in (*lines, total):
        yield f"{line.what:<32}{line.dollars:>10.2f}{line.beyond_free:>22.2f}"


def post_table(followers: int, *, on_demand: bool) -> Iterator[str]:
    """Yield the lines of a table of a post, in dollars for a million posts."""
    parts = post(followers, on_demand=on_demand)
    yield f"{f'a million posts to {followers:,} followers':<42}{'USD':>14}"
    for what, dollars in (*parts, ("in all", sum(dollars for _, dollars in parts))):
        yield f"{what:<42}{dollars * 1_000_000:>14,.2f}"
    other = "by capacity in full use" if on_demand else "by request"
    instead = entries(followers, on_demand=not on_demand) * 1_000_000
    yield f"{f'(the entries, {other})':<42}{instead:>14,.2f}"


def _capacity(unit: str, amount: int, hourly: float, free: int) -> Line:
    return _counted(f"{amount} {unit} of the feed table", amount, hourly * prices.HOURS, free)


def _counted(what: str, amount: float, price: float, free: float) -> Line:
    return Line(what, amount * price, max(0.0, amount - free) * price)
