"""Keeping all writers together within the feed table's write capacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feeds.budget import Budget
from feeds.interfaces import BudgetStore, WriteCapacity
from tweeter.errors import Unavailable
from tweeter.store import Outdated

SOON = 5.0
"""Seconds within which a fan-out of one chunk must get its capacity, or else wait in line."""
_CONTENTION_TRIES = 30


class Pacer:
    """Gives the feed table's write capacity away, to every writer through the same budget."""

    def __init__(
        self, *, store: BudgetStore, capacity: WriteCapacity, seconds_now: Callable[[], float]
    ) -> None:
        self._store = store
        self._capacity = capacity
        self.now = seconds_now

    def rate(self) -> float:
        """Return the entries (WCU) a second that the table takes at present."""
        return self._capacity.units()

    def budget(self) -> tuple[Budget, int]:
        """Return the budget as it is now, and its revision; a damaged one is begun anew."""
        found, revision = self._store.find()
        now = self.now()
        if found is None or not found.is_plausible(now):
            found = Budget()
        return found.at(now, self.rate()), revision

    def replace(self, after: Budget, revision: int) -> None:
        """Put a budget in place of the one of `revision`; Outdated when that is gone."""
        self._store.replace(after.within_reach(self.now()), revision)

    def change(self, change: Callable[[Budget], Budget]) -> Budget:
        """Change the budget, whoever else does at the same time; Unavailable when too many do."""
        for _ in range(_CONTENTION_TRIES):
            before, revision = self.budget()
            after = change(before)
            if after is before:
                return before
            try:
                self.replace(after, revision)
            except Outdated:
                continue
            return after
        message = "Too many are changing the feed table's budget; try again shortly."
        raise Unavailable(message)

    def reserve_soon(self, entries: int, within: float = SOON) -> float | None:
        """Give something small its capacity ahead of the line, if it gets it `within` seconds.

        Return the seconds until it may write; None when it must wait in line, as this would take
        too long, or cost another its claim.
        """
        starts_at: float | None = None

        def give(budget: Budget) -> Budget:
            nonlocal starts_at
            after, start = budget.give(entries, rate=self.rate(), from_saved=budget.saved)
            soon = budget.open_to_small and start <= self.now() + within
            starts_at = start if soon else None
            return after if soon else budget

        self.change(give)
        return None if starts_at is None else max(0.0, starts_at - self.now())

    def note_refusal(self) -> None:
        """Take down that the table has refused something, which is not given capacity anew."""
        self.change(lambda budget: budget.refused(self.rate()))

    def is_at_peak(self) -> bool:
        """Tell whether saved capacity is being used, as fast as the partitions take it."""
        budget, _ = self.budget()
        return budget.trusted

    def reserve_again(self, entries: int, *, is_refused: bool = True) -> float:
        """Give capacity anew for what the table has refused, or has not taken for another reason.

        The latter casts no doubt on what is saved; but a trial under way shows nothing any more, as
        what is left of its chunk may be written on other capacity. Return the seconds until it may
        be written.
        """
        starts_at = 0.0
        rate = self.rate()

        def give(budget: Budget) -> Budget:
            nonlocal starts_at
            before = budget.refused(rate) if is_refused else replace(budget, trial=None)
            from_saved = before.saved if before.trusted else 0.0
            after, starts_at = before.give(entries, rate=rate, from_saved=from_saved)
            return after

        self.change(give)
        return max(0.0, starts_at - self.now())
