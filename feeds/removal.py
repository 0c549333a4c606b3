"""Removing the feed of a closed account, within the feed table's capacity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.entities import ClosedAccount
from feeds.interfaces import FeedDao, Line
from feeds.pacing import Pacer
from statuses.ids import created_at_of

_PATIENCE = 1.0
"""Seconds of waiting for capacity that are worth a Lambda's time."""
_BUSY_SECONDS = 30.0


class FeedRemover:
    """The `Belongings` that are a feed, and the `Arrivals` that may add to it.

    A removed entry costs the table as much as a written one. It is given what capacity nobody
    waits for: statuses come first.
    """

    def __init__(
        self, *, feeds: FeedDao, line: Line, pacer: Pacer, sleep: Callable[[float], object]
    ) -> None:
        self._feeds = feeds
        self._line = line
        self._pacer = pacer
        self._sleep = sleep

    def remove_some(self, closed: ClosedAccount) -> float | None:
        """Remove a batch of entries, or say when to try again."""
        status_ids = self._feeds.some_of(closed.id)
        if not status_ids:
            return None
        wait = self._pacer.reserve_soon(len(status_ids), _PATIENCE)
        if wait is None:
            return _BUSY_SECONDS
        self._sleep(wait)
        if not self._feeds.remove_some(closed.id, status_ids):
            return 0.0
        self._pacer.note_refusal()
        return _BUSY_SECONDS

    def are_due(self, posted_before: datetime) -> bool:
        """Tell whether a fan-out of a status posted before a moment is in line."""
        return any(created_at_of(plan.status_id) < posted_before for plan in self._line.all())
