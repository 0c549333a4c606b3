"""Stores and queues in memory, and a clock that moves when told: for the fan-out's own tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from accounts.entities import AccountId
from feeds.entities import Chunk, FanOutJob
from feeds.interfaces import Delayed
from statuses.entities import Reference
from tweeter.errors import Unavailable


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakeQueue:
    """A queue that keeps what it was sent; it can be away."""

    sent: list[Delayed] = field(default_factory=list)
    away: bool = False

    def send(self, messages: Sequence[Delayed]) -> None:
        if self.away:
            message = "away"
            raise Unavailable(message)
        self.sent += messages

    @property
    def jobs(self) -> list[FanOutJob]:
        return [each.message for each in self.sent if isinstance(each.message, FanOutJob)]

    @property
    def chunks(self) -> list[Chunk]:
        return [each.message for each in self.sent if isinstance(each.message, Chunk)]


class FakeLedger:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.until = 0.0

    def backlog(self, now: float) -> float:
        return max(0.0, self.until - now)

    def extend(self, now: float, seconds: float) -> float:
        start = max(now, self.until)
        self.until = start + seconds
        return start


@dataclass
class FakeCapacity:
    """A table's capacity, which may be changed."""

    wcu: float = 100.0

    def units(self) -> float:
        return self.wcu


@dataclass
class ThrottlingFeeds:
    """Feeds that take only so many entries a call, and remember every entry sent to them."""

    takes: list[int] = field(default_factory=list)
    """How many entries of each coming call are taken; all, once this is used up."""
    batch_size: int = 25
    entries: dict[tuple[AccountId, str], int] = field(default_factory=dict)

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        taken = self.takes.pop(0) if self.takes else len(owners)
        for owner in owners[:taken]:
            key = (owner, reference.status_id)
            self.entries[key] = self.entries.get(key, 0) + 1
        return owners[taken:]
