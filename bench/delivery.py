"""One status into the feeds of many followers: how long, how even, at what cost, and how exact."""

from __future__ import annotations

import time
from collections import Counter

from bench.api import Api
from bench.celebrity import Delivered, celebrity_with, deliver
from bench.counted_work import CountedWork
from bench.feed_check import FeedCheck, check_feeds, largest_item_bytes
from bench.options import Options
from bench.tables import print_bars, print_table
from bench.tally import WorkReport
from tweeter.capacity import TableCapacity
from tweeter.config import get_config

_CELEBRITY = "celebrity"
_LATENESS = 1.2
"""How many times what the capacity alone takes is aimed at: 120 s for 10,000 feeds at 100 WCU."""
_MAX_BARS = 25


def measure(api: Api, options: Options) -> None:
    """Deliver one status with the workers started just before, as after a cold start."""
    TableCapacity().change("feeds", write=options.wcu)
    started = time.monotonic()
    celebrity = celebrity_with(api, _CELEBRITY, options.followers)
    print(f"\nSeeded {options.followers} followers in {time.monotonic() - started:.0f} s.")
    expected = options.followers / options.wcu
    print(f"Delivering to them; at {options.wcu} WCU, with nothing saved up, this would take")
    print(
        f"{expected:.0f} s. Here nothing is refused, so that all may have been saved up.",
        flush=True,
    )
    with CountedWork() as work:
        delivered = deliver(celebrity, options.followers, options.wcu)
    check = check_feeds(_CELEBRITY, delivered.status_id)
    _print_outcome(options, delivered, work.report, check)
    _print_pace(work.report, options.wcu)
    _print_cost(work.report)


def _print_outcome(
    options: Options, delivered: Delivered, report: WorkReport, check: FeedCheck
) -> None:
    last = max(moment for moment, _ in report.written)
    capacity_takes = options.followers / options.wcu
    rows = [
        ("POST answered in", f"{delivered.answered_in * 1000:.0f} ms", "under 1 s"),
        (
            "from the answer to the last feed written",
            f"{last - delivered.answered_at:.1f} s",
            f"under {capacity_takes * _LATENESS:.0f} s",
        ),
        ("the same, by the capacity alone", f"{capacity_takes:.1f} s", ""),
        ("until /delivery/ said so", f"{delivered.seen_after:.1f} s", ""),
        ("feed entries written", report.entries, options.followers),
        ("of these written again", report.entries - check.entries, 0),
        ("entries that the table refused", report.refused, 0),
        ("most entries ahead of the capacity", f"{_most_ahead(report, options.wcu):.0f}", ""),
        ("followers whose feed holds it once", check.exact, options.followers),
        ("followers whose feed does not", check.missing, 0),
        ("feeds that hold it but should not", check.unexpected, 0),
    ]
    title = f"One status to {options.followers} followers at {options.wcu} WCU"
    print_table(title, ("", "measured", "target"), rows)


def _most_ahead(report: WorkReport, wcu: int) -> float:
    """Return how many entries the writers were ahead of the table's capacity at most.

    So much saved-up capacity the delivery needs to meet no throttling: DynamoDB keeps up to 300
    seconds' worth, best effort ("Burst and adaptive capacity" in its developer guide), and within
    a second it does not look.
    """
    first = report.written[0][0]
    most, written = 0.0, 0
    for moment, count in report.written:
        written += count
        most = max(most, written - (moment - first) * wcu)
    return most


def _print_pace(report: WorkReport, wcu: int) -> None:
    by_second = Counter[int]()
    first = report.written[0][0]
    for moment, count in report.written:
        by_second[int(moment - first)] += count
    seconds = max(by_second) + 1
    span = -(-seconds // _MAX_BARS)
    bars = []
    for begin in range(0, seconds, span):
        length = min(span, seconds - begin)
        mean = sum(by_second[second] for second in range(begin, begin + length)) / length
        bars.append((f"{begin} s", mean))
    print_bars(f"Entries a second, from so many seconds on ({wcu} WCU at the line)", bars, wcu)
    print(f"\n  busiest second: {max(by_second.values())} entries")


def _print_cost(report: WorkReport) -> None:
    rows = [(name, count) for name, count in sorted(report.requests.items())]
    print_table("Requests by the workers", ("operation", "requests"), rows)
    prefix = get_config().table_name("")
    costs = [
        (name.removeprefix(prefix), units, largest_item_bytes(name))
        for name, units in sorted(report.wcu.items())
    ]
    print_table("Writes by the workers", ("table", "WCU", "largest item, bytes"), costs)
