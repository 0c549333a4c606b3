"""Stores and queues in memory, and a clock that moves when told: for the fan-out's own tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from accounts.entities import AccountId
from accounts.interfaces import Audience
from feeds.budget import Budget
from feeds.entities import Chunk, FanOutJob, Outline, Piece, Plan, Progress, TakeTurns
from feeds.interfaces import Delayed
from statuses.entities import Reference, Status
from statuses.ids import created_at_of
from tweeter.clock import to_microseconds
from tweeter.errors import Unavailable
from tweeter.store import AlreadyExists, Damaged, Outdated

M = TypeVar("M", FanOutJob, TakeTurns, Chunk)


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
            raise Unavailable("away")
        self.sent += messages

    @property
    def jobs(self) -> list[FanOutJob]:
        return self._of(FanOutJob)

    @property
    def runs(self) -> list[TakeTurns]:
        return self._of(TakeTurns)

    @property
    def chunks(self) -> list[Chunk]:
        return self._of(Chunk)

    @property
    def owners(self) -> list[AccountId]:
        """Everyone in the chunks, as often as they are in there."""
        return [owner for chunk in self.chunks for owner in chunk.owners]

    def _of(self, kind: type[M]) -> list[M]:
        return [each.message for each in self.sent if isinstance(each.message, kind)]


@dataclass
class FakeCapacity:
    """A table's capacity, which may be changed."""

    wcu: float = 100.0

    def units(self) -> float:
        return self.wcu


def nothing() -> None:
    """Happen without any effect."""


@dataclass
class FakeBudgetStore:
    """A budget in memory, replaced by revision."""

    budget: Budget | None = None
    revision: int = 0
    before_replace: Callable[[], None] = nothing
    """What comes in between, once, before the next replacement."""

    def find(self) -> tuple[Budget | None, int]:
        return self.budget, self.revision

    def replace(self, after: Budget, revision: int) -> None:
        interlude, self.before_replace = self.before_replace, nothing
        interlude()
        if revision != self.revision:
            raise Outdated
        self.budget, self.revision = after, revision + 1


@dataclass
class FakeLine:
    """A line in memory."""

    plans: dict[str, Plan] = field(default_factory=dict)

    def all(self) -> Sequence[Plan]:
        return [self.plans[status_id] for status_id in sorted(self.plans)]

    def find(self, status_id: str) -> Plan | None:
        return self.plans.get(status_id)

    def join(self, plan: Plan) -> None:
        if plan.status_id in self.plans:
            raise AlreadyExists
        self.plans[plan.status_id] = plan

    def advance(self, before: Plan, after: Plan) -> None:
        self.leave(before)
        self.plans[after.status_id] = after

    def leave(self, plan: Plan) -> None:
        if self.plans.get(plan.status_id) != plan:
            raise Outdated
        del self.plans[plan.status_id]


@dataclass
class FakeDeliveries:
    """Deliveries in memory."""

    outlines: dict[str, Outline] = field(default_factory=dict)
    finished: dict[tuple[str, Piece], int] = field(default_factory=dict)
    """The sizes of finished chunks, by status and piece."""

    def put_outline(self, status_id: str, outline: Outline) -> None:
        self.outlines[status_id] = outline

    def is_finished(self, status_id: str, chunk: int) -> bool:
        return any((found, p.number) == (status_id, chunk) for found, p in self.finished)

    def finish(self, chunk: Chunk, at: datetime) -> None:
        self.finished.setdefault((chunk.status_id, chunk.piece), chunk.size)

    def find(self, status_id: str) -> tuple[Outline | None, Progress]:
        sizes = {p: size for (found, p), size in self.finished.items() if found == status_id}
        progress = Progress(sum(sizes.values()), None, frozenset(sizes))
        return self.outlines.get(status_id), progress


@dataclass
class FakeFollows:
    """Follows of which only each author's number of followers is known, and who has left since."""

    counts: dict[AccountId, int] = field(default_factory=dict)
    gone: list[AccountId] = field(default_factory=list)
    """Who has unfollowed after the post: they are met after all that are left."""

    def audience(
        self, author: AccountId, status_id: str, position: str | None, limit: int
    ) -> Audience:
        everyone = followers_of(author, self.counts[author])
        gone = [member for member in self.gone if member in everyone]
        stage, _, behind = (position or "0").rpartition(":")
        if stage:
            return _part([*enumerate(gone)][int(behind) :], limit, "former:", None)
        start = int(behind)
        looked_at = enumerate(everyone[start : start + limit + 1 + len(gone)], start)
        left = [(number, member) for number, member in looked_at if member not in gone]
        return _part(left, limit, "", "former:0" if gone else None)


def _part(
    members: Sequence[tuple[int, AccountId]], limit: int, prefix: str, behind_all: str | None
) -> Audience:
    part = members[:limit]
    position = f"{prefix}{part[-1][0] + 1}" if len(members) >= limit else behind_all
    return Audience(tuple(member for _, member in part), position)


@cache
def followers_of(author: AccountId, count: int) -> tuple[AccountId, ...]:
    """Return the first `count` followers of an author, who are nobody else's."""
    return tuple(AccountId(f"{author}_{number}") for number in range(count))


@dataclass
class FakeStatuses:
    """Statuses in memory."""

    by_id: dict[str, Status] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)

    def find(self, status_id: str) -> Status | None:
        if status_id in self.damaged:
            raise Damaged
        return self.by_id.get(status_id)

    def is_there(self, status_id: str) -> bool:
        return status_id in self.by_id

    def post(self, author: AccountId, followers: int, at: datetime) -> Status:
        """Store a status of somebody with so many followers."""
        status_id = f"{to_microseconds(at):016x}{len(self.by_id):016x}"
        status = Status(
            id=status_id,
            author_id=author,
            text="hello",
            mentions=(),
            links=(),
            followers=followers,
            created_at=created_at_of(status_id),
        )
        self.by_id[status.id] = status
        return status


@dataclass
class ThrottlingFeeds:
    """Feeds that take only so many entries a call, and remember every entry sent to them."""

    takes: list[int] = field(default_factory=list)
    """How many entries of each coming call are taken; all, once this is used up."""
    away_at: int | None = None
    """The call, from 0, at which the store is away."""
    batch_size: int = 25
    calls: int = 0
    entries: dict[tuple[AccountId, str], int] = field(default_factory=dict)

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        self.calls += 1
        if self.calls - 1 == self.away_at:
            raise Unavailable("away")
        taken = self.takes.pop(0) if self.takes else len(owners)
        for owner in owners[:taken]:
            key = (owner, reference.status_id)
            self.entries[key] = self.entries.get(key, 0) + 1
        return owners[taken:]
