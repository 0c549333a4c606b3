"""How much of the feed table's write capacity is used while somebody waits for it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any


def within(seconds: Iterable[dict[str, Any]], begin: float, end: float) -> float:
    """Return the percentage used of what was provisioned in the whole seconds from `begin` to
    `end` (since the epoch); NaN without any. Seconds that were not reported count as unused."""
    first, behind = math.ceil(begin), math.floor(end)
    rows = [row for row in seconds if first <= row["second"] < behind]
    if not rows:
        return math.nan
    capacity = sum(row["capacity_write"] for row in rows) / len(rows) * (behind - first)
    return float(100 * sum(row["write_units"] for row in rows) / capacity)


def in_seconds(seconds: Iterable[dict[str, Any]], chosen: Collection[int]) -> float:
    """Return the percentage used in some seconds, of each at most what was provisioned, so that
    what had been saved before makes up for nothing; NaN without any."""
    rows = {int(row["second"]): row for row in seconds}
    if not chosen:
        return math.nan
    used: float = sum(
        min(1.0, rows[second]["write_units"] / rows[second]["capacity_write"])
        for second in chosen
        if second in rows
    )
    return 100 * used / len(chosen)


def backlog_seconds(
    posted: Iterable[tuple[float, int]], written: Iterable[tuple[float, int]], least: float
) -> set[int]:
    """Return the seconds at whose beginning at least so many entries were posted and not written.

    Both are moments and numbers of entries.
    """
    events = sorted([*posted, *((moment, -entries) for moment, entries in written)])
    backlog = 0
    found: set[int] = set()
    for (moment, entries), (following, _) in pairwise(events):
        backlog += entries
        if backlog >= least:
            found.update(range(math.ceil(moment), math.ceil(following)))
    return found


def time_covered(intervals: Sequence[tuple[float, float]]) -> float:
    """Return the length of what any of the intervals covers, overlaps counted once."""
    covered, until = 0.0, -math.inf
    for begin, end in sorted(intervals):
        covered += max(0.0, end - max(begin, until))
        until = max(until, end)
    return covered
