"""An `AttemptDao` in memory, for the tests of rules."""

from __future__ import annotations

from datetime import datetime


class MemoryAttempts:
    """Counts and remembers, and can be looked into."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.known: dict[str, datetime] = {}
        self.writes = 0

    def count(self, key: str, limit: int, until: datetime) -> int | None:
        self.writes += 1
        if self.counts.get(key, 0) >= limit:
            return None
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]

    def give_back(self, key: str) -> None:
        self.writes += 1
        if self.counts.get(key, 0) > 0:
            self.counts[key] -= 1

    def clear(self, key: str) -> None:
        self.writes += 1
        self.counts.pop(key, None)

    def remember(self, key: str, until: datetime) -> None:
        self.writes += 1
        self.known[key] = until

    def remembered_until(self, key: str) -> datetime | None:
        return self.known.get(key)
