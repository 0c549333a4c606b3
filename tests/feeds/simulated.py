"""A delivery on a simulated clock: the real fan-out over stores and queues that fail as told."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from accounts.entities import AccountId
from accounts.interfaces import AccountDao, FollowDao
from feeds.budget import PARTITION_WCU, SAVED_SECONDS
from feeds.chunk_writer import ChunkWriter
from feeds.entities import FanOutJob, TakeTurns
from feeds.fan_out import FanOut
from feeds.interfaces import (
    BudgetStore,
    Delayed,
    DeliveryDao,
    FeedDao,
    Line,
    Queue,
    WriteCapacity,
)
from feeds.messages import decode_chunk, decode_fan_out, encode
from feeds.pacing import Pacer
from feeds.planner import Planner
from feeds.queues import _whole_seconds
from statuses.entities import Reference, Status
from statuses.interfaces import StatusDao
from tests.feeds.fakes import (
    FakeBudgetStore,
    FakeCapacity,
    FakeClock,
    FakeDeliveries,
    FakeFollows,
    FakeLine,
    FakeStatuses,
    followers_of,
)
from tweeter.errors import Unavailable

CHUNK_SIZE = 100
SECONDS = 30.0
VISIBILITY_SECONDS = 180.0
"""After which SQS delivers a message again whose receiver has died."""
PUT_BACK_SECONDS = (2.0, 20.0)
"""Between which a worker puts a message back when a store is away."""
_MOST_MESSAGES = 20_000


class Crash(BaseException):
    """The end of an invocation at any point, which nothing in it can do anything about."""


class Defect(Exception):
    """What a store raises that is neither its answer nor its being away."""


@dataclass
class Faults:
    """What goes wrong, by the number of the call to any store or queue at which it does."""

    by_call: dict[int, str] = field(default_factory=dict)
    """`crash`, `defect`, `away` (each before the call), the same with ` after` (it has taken
    effect), or `overtaken`: another invocation gets in between."""
    duplicates: frozenset[int] = frozenset()
    """The numbers of messages that are delivered twice."""
    throttles: frozenset[int] = frozenset()
    """The numbers of writes that the feed table refuses altogether."""
    jitter: float = 0.0
    """Seconds by which a message may be late, at random, and so overtaken by others."""
    seed: int = 0
    leave_at_crashes: bool = False
    """Whether the first follower of each author that is left unfollows at every crash."""
    calls: int = 0


class Fragile:
    """A store or queue whose calls fail as `Faults` say."""

    def __init__(self, inner: object, faults: Faults, overtake: Callable[[], None]) -> None:
        self._inner = inner
        self._faults = faults
        self._overtake = overtake

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._failing(found) if callable(found) else found

    def _failing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*args: Any) -> Any:
            fault = self._faults.by_call.get(self._faults.calls, "")
            self._faults.calls += 1
            kind, _, after = fault.partition(" ")
            if kind == "overtaken":
                self._overtake()
            answer = call(*args) if after or kind in {"", "overtaken"} else None
            if kind == "crash":
                raise Crash
            if kind == "defect":
                raise Defect
            if kind == "away":
                raise Unavailable("away")
            return answer

        return fail


@dataclass
class SimulatedTable:
    """The feed table: saves five minutes of its capacity, and never takes more than its peak."""

    clock: FakeClock
    capacity: FakeCapacity
    tokens: float
    throttles: frozenset[int]
    batch_size: int = 25
    calls: int = 0
    sent: int = 0
    refused: int = 0
    entries: set[tuple[AccountId, str]] = field(default_factory=set)
    peak_tokens: float = PARTITION_WCU
    as_of: float = 0.0

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        self._refill()
        taken = min(len(owners), int(self.tokens + 1e-6), int(self.peak_tokens + 1e-6))
        if self.calls in self.throttles:
            taken = 0
        self.calls += 1
        self.tokens -= taken
        self.peak_tokens -= taken
        self.sent += len(owners)
        self.refused += len(owners) - taken
        self.entries |= {(owner, reference.status_id) for owner in owners[:taken]}
        return owners[taken:]

    def _refill(self) -> None:
        now, rate = self.clock.seconds(), self.capacity.wcu
        passed = now - (self.as_of or now)
        self.as_of = now
        self.tokens = min(SAVED_SECONDS * rate, self.tokens + passed * rate)
        self.peak_tokens = min(PARTITION_WCU, self.peak_tokens + passed * PARTITION_WCU)


class SimulatedQueue:
    """An SQS queue: whole seconds of delay, at least once, in any order."""

    def __init__(self, world: SimulatedDelivery, handle: Callable[[str], None]) -> None:
        self._world = world
        self._handle = handle

    def send(self, messages: Sequence[Delayed]) -> None:
        for delayed in messages:
            self._world.receive_later(
                _whole_seconds(delayed.delay), self._handle, encode(delayed.message)
            )


class SimulatedDelivery:
    """Everything from the posted statuses to the feeds, one message after the other."""

    def __init__(self, *, wcu: float, saved: float, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.clock = FakeClock()
        self.capacity = FakeCapacity(wcu)
        self.table = SimulatedTable(self.clock, self.capacity, saved, self.faults.throttles)
        self.statuses, self.follows = FakeStatuses(), FakeFollows()
        self.line, self.deliveries = FakeLine(), FakeDeliveries()
        self.store = FakeBudgetStore()
        self.posted: list[Status] = []
        self.finished_at = self.clock.seconds()
        self.told_early: list[str] = []
        """Statuses whose author was told that all feeds had them, before that was so."""
        self._random = Random(self.faults.seed)
        self._messages: list[tuple[float, int, Callable[[str], None], str]] = []
        self._sent = 0
        self._build()

    def _build(self) -> None:
        """Put the real services on top of everything that may fail."""
        jobs = cast("Queue", self._fragile(SimulatedQueue(self, self._fan_out)))
        chunks = cast("Queue", self._fragile(SimulatedQueue(self, self._write)))
        line = cast("Line", self._fragile(self.line))
        statuses = cast("StatusDao", self._fragile(self.statuses))
        deliveries = cast("DeliveryDao", self._fragile(self.deliveries))
        newest = SimpleNamespace(last_status_id="")
        self.pacer = Pacer(
            store=cast("BudgetStore", self._fragile(self.store)),
            capacity=cast("WriteCapacity", self._fragile(self.capacity)),
            seconds_now=self.clock.seconds,
        )
        self._planner = Planner(
            line=line,
            follows=cast("FollowDao", self._fragile(self.follows)),
            statuses=statuses,
            deliveries=deliveries,
            runs=jobs,
            chunks=chunks,
            pacer=self.pacer,
            chunk_size=CHUNK_SIZE,
        )
        self._service = FanOut(
            accounts=cast("AccountDao", self._fragile(SimpleNamespace(find=lambda _: newest))),
            statuses=statuses,
            deliveries=deliveries,
            line=line,
            planner=self._planner,
            jobs=jobs,
            pacer=self.pacer,
            clock=self.clock,
        )
        self._writer = ChunkWriter(
            statuses=statuses,
            feeds=cast("FeedDao", self._fragile(self.table)),
            deliveries=deliveries,
            chunks=chunks,
            pacer=self.pacer,
            clock=self.clock,
            pauses=lambda: repeat(0.1),
            sleep=self.clock.advance,
        )

    def post_later(self, after: float, followers: int) -> None:
        """Have somebody with so many followers post a status in `after` seconds."""
        author = AccountId(f"author{len(self.follows.counts)}")
        self.follows.counts[author] = followers

        def post(_: str) -> None:
            status = self.statuses.post(author, followers, self.clock())
            self.posted.append(status)
            body = encode(FanOutJob(status.id, author, self.clock()))
            self.receive_later(0, self._fan_out, body)

        self._at(after, post, "")

    def change_later(self, after: float, change: Callable[[SimulatedDelivery], None]) -> None:
        self._at(after, lambda _: change(self), "")

    def receive_later(self, delay: float, handle: Callable[[str], None], body: str) -> None:
        """Deliver a message once, or as often as the faults have it."""
        copies = 2 if self._sent in self.faults.duplicates else 1
        for _ in range(copies):
            self._at(delay + self._random.uniform(0, self.faults.jitter), handle, body)

    def run(self) -> None:
        while self._messages:
            assert self._sent < _MOST_MESSAGES, "the messages find no end"
            due, _, handle, body = heapq.heappop(self._messages)
            self.clock.advance(max(0.0, due - self.clock.seconds()))
            self._invoke(handle, body)
            if self.follows.gone:
                self._check_what_is_told()

    @property
    def expected(self) -> set[tuple[AccountId, str]]:
        """Every owner and status that belong together."""
        return {
            (owner, status.id)
            for status in self.posted
            for owner in followers_of(status.author_id, status.followers)
        }

    def _at(self, after: float, handle: Callable[[str], None], body: str) -> None:
        self._sent += 1
        heapq.heappush(self._messages, (self.clock.seconds() + after, self._sent, handle, body))

    def _invoke(self, handle: Callable[[str], None], body: str) -> None:
        try:
            handle(body)
        except Unavailable:
            self._at(self._random.uniform(*PUT_BACK_SECONDS), handle, body)
        except (Crash, Defect):
            self._at(VISIBILITY_SECONDS, handle, body)
            if self.faults.leave_at_crashes:
                self._unfollow()

    def _overtake(self) -> None:
        """Let the next message that is due be handled in the middle of another."""
        if self._messages and self._messages[0][0] <= self.clock.seconds():
            _, _, handle, body = heapq.heappop(self._messages)
            self._invoke(handle, body)

    def _fan_out(self, body: str) -> None:
        message = decode_fan_out(body)
        assert isinstance(message, FanOutJob | TakeTurns)
        self._service.run(message, SECONDS)

    def _write(self, body: str) -> None:
        self._writer.run(decode_chunk(body), SECONDS)
        self.finished_at = self.clock.seconds()

    def _unfollow(self) -> None:
        for status in self.posted:
            followers = followers_of(status.author_id, status.followers)
            left = [follower for follower in followers if follower not in self.follows.gone]
            self.follows.gone += left[:1]

    def _check_what_is_told(self) -> None:
        for status in self.posted:
            outline, progress = self.deliveries.find(status.id)
            if outline is not None and outline.is_met_by(progress):
                owners = followers_of(status.author_id, status.followers)
                if not self.table.entries.issuperset((owner, status.id) for owner in owners):
                    self.told_early.append(status.id)

    def _fragile(self, inner: object) -> Fragile:
        return Fragile(inner, self.faults, self._overtake)


def lose_budget(world: SimulatedDelivery) -> None:
    """Take the budget away."""
    world.store.budget = None


def damage_budget(world: SimulatedDelivery) -> None:
    """Put something into the budget that can't be."""
    if world.store.budget:
        world.store.budget = replace(world.store.budget, given_until=float("inf"))


def change_capacity(wcu: float) -> Callable[[SimulatedDelivery], None]:
    """Return the change to so many WCU."""

    def change(world: SimulatedDelivery) -> None:
        world.capacity.wcu = wcu

    return change
