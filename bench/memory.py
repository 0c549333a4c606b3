"""The most memory that the workers ever have, by the number of followers."""

from __future__ import annotations

from bench.api import Api, Person
from bench.celebrity import celebrity_with, deliver
from bench.counted_work import CountedWork
from bench.options import Options
from bench.people import author_with_follower
from bench.tables import print_table
from tweeter.capacity import TableCapacity

_FOLLOWERS = (1_000, 5_000, 10_000)
_WCU = 2_000
"""High enough that 10,000 followers take seconds; memory does not depend on the pace."""
_MEGABYTE = 1_000_000


def measure(api: Api, options: Options) -> None:
    """Deliver to ever more followers, each time by workers that were started anew."""
    TableCapacity().change("feeds", write=_WCU)
    rows = [_row(author_with_follower(api, "memory1"), 1)]
    rows += [
        _row(celebrity_with(api, f"memory{followers}", followers), followers)
        for followers in _FOLLOWERS
        if followers <= options.followers
    ]
    least = rows[0][1]
    print_table(
        "Peak memory of the process that both workers share",
        ("followers", "MB", "more than for 1"),
        [(followers, f"{peak:.1f}", f"{peak - least:.1f}") for followers, peak in rows],
    )


def _row(author: Person, followers: int) -> tuple[int, float]:
    """Return the followers and the peak in MB of delivering one status to them."""
    with CountedWork() as work:
        deliver(author, followers, _WCU)
    return followers, work.report.peak_bytes / _MEGABYTE
