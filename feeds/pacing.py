"""Keeping all writers together within the feed table's write capacity."""

from __future__ import annotations

from collections.abc import Callable

from feeds.interfaces import Ledger, Reservation, WriteCapacity


class LeakyBucketPacer:
    """A `Pacer` that lays reservations end to end on one time line, at the table's capacity.

    This is the virtual scheduling form of the generic cell rate algorithm (ITU-T I.371, annex A)
    without a burst tolerance: capacity saved up while idle is left to DynamoDB's own retries.
    """

    def __init__(
        self, *, ledger: Ledger, capacity: WriteCapacity, seconds_now: Callable[[], float]
    ) -> None:
        self._ledger = ledger
        self._capacity = capacity
        self._now = seconds_now

    def rate(self) -> float:
        return self._capacity.units()

    def backlog(self) -> float:
        return self._ledger.backlog(self._now())

    def reserve(self, entries: int) -> Reservation:
        rate = self.rate()
        now = self._now()
        start = self._ledger.extend(now, entries / rate)
        return Reservation(max(0.0, start - now), rate)
