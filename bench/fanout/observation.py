"""Letting workers deliver, and everything that was seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.capacity import CapacityStandIn
from bench.fanout.exactness import check_all
from bench.fanout.logged_work import LoggedWork
from bench.fanout.service import Posted
from bench.fanout.work_log import WorkLog
from bench.feed_check import FeedCheck
from tweeter.config import get_config

_POLL_SECONDS = 0.5
_QUIET_SECONDS = 3.0
"""How long to go on after the last feed is written: for what is written a second time."""
_STALLED_SECONDS = 75.0
"""After which nothing more is expected: a lost fan-out is looked after within 60 s, and what SQS
hands out again comes sooner."""
_MOST_SAVED = 300


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One run of the workers. Moments are seconds since the epoch."""

    posts: Sequence[Posted]
    log: WorkLog
    tables: dict[str, Any]
    """What the stand-in reports, by the tables' short names."""
    check: FeedCheck

    @property
    def entries(self) -> int:
        """How many feed entries are due."""
        return sum(post.followers for post in self.posts)

    @property
    def feeds(self) -> dict[str, Any]:
        """What the stand-in reports of the feed table."""
        feeds: dict[str, Any] = self.tables["feeds"]
        return feeds

    @cached_property
    def out_at(self) -> dict[str, float]:
        """When the last entry of each status was first written; without those still owed."""
        last: dict[str, float] = {}
        written: dict[str, int] = {}
        for write in self.log.writes:
            if write.new:
                last[write.status_id] = max(last.get(write.status_id, 0.0), write.moment)
                written[write.status_id] = written.get(write.status_id, 0) + write.new
        return {
            post.status_id: last[post.status_id]
            for post in self.posts
            if written.get(post.status_id, 0) >= post.followers
        }

    def seconds_until_out(self, post: Posted) -> float:
        """Return the seconds from a POST's answer to its last entry; infinite while any is owed."""
        return self.out_at.get(post.status_id, float("inf")) - post.answered_at


def observe(
    standin: CapacityStandIn,
    workers: LoggedWork,
    drive: Callable[[], Sequence[Posted]],
    *,
    burst: float,
    within: float,
    linger: Callable[[], object] = lambda: None,
) -> Observation:
    """Post by `drive` while the workers run, and wait until all is written or time is over.

    The feed table begins with `burst` seconds of saved capacity. `within` is in seconds, from
    when `drive` has returned; `linger` may look at something before the workers are stopped.
    """
    with workers:
        standin.settle(burst=burst, saving=True)
        standin.reset()
        posts = drive()
        _wait(standin, sum(post.followers for post in posts), within)
        linger()
    prefix = get_config().table_name("")
    tables = standin.report()["tables"]
    # Looking at the whole table costs more than it reads in a second, and is no part of the case.
    standin.settle(burst=_MOST_SAVED)
    return Observation(
        posts=posts,
        log=workers.log,
        tables={name.removeprefix(prefix): table for name, table in tables.items()},
        check=check_all(posts),
    )


def _wait(standin: CapacityStandIn, entries: int, within: float) -> None:
    """Wait until so many different entries are written, no more come, or for `within` seconds."""
    progress_at = time.monotonic()
    deadline = progress_at + within
    written = _written(standin)
    while written < entries and time.monotonic() < min(deadline, progress_at + _STALLED_SECONDS):
        time.sleep(_POLL_SECONDS)
        before, written = written, _written(standin)
        if written > before:
            progress_at = time.monotonic()
    time.sleep(_QUIET_SECONDS)


def _written(standin: CapacityStandIn) -> float:
    table = standin.report()["tables"].get(get_config().table_name("feeds"))
    if table is None:
        return 0
    totals = table["totals"]
    written: float = totals["write_items_accepted"] - totals["repeated_puts"]
    return written
