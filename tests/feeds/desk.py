"""The fan-out and its planner with everything around them in sight: a table of 100 WCU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from accounts.entities import AccountId
from accounts.interfaces import AccountDao, FollowDao
from feeds.budget import Budget
from feeds.entities import Chunk, FanOutJob, Outline
from feeds.fan_out import FanOut
from feeds.pacing import Pacer
from feeds.planner import Planner
from statuses.entities import Status
from statuses.interfaces import StatusDao
from tests.feeds.fakes import (
    FakeBudgetStore,
    FakeCapacity,
    FakeClock,
    FakeDeliveries,
    FakeFollows,
    FakeLine,
    FakeQueue,
    FakeStatuses,
)

CHUNK_SIZE = 100
SECONDS = 30.0


class Desk:
    """A fan-out whose clock only moves when told; the table has nothing saved to begin with."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.capacity = FakeCapacity(100.0)
        self.store = FakeBudgetStore(Budget(given_until=self.clock.seconds()))
        self.statuses, self.follows = FakeStatuses(), FakeFollows()
        self.line, self.deliveries = FakeLine(), FakeDeliveries()
        self.jobs, self.chunks = FakeQueue(), FakeQueue()
        self.author = SimpleNamespace(last_status_id="")
        self.find_author: Callable[[object], object] = lambda _: self.author
        self.pacer = Pacer(store=self.store, capacity=self.capacity, seconds_now=self.clock.seconds)
        self.planner = Planner(
            line=self.line,
            follows=cast("FollowDao", self.follows),
            statuses=cast("StatusDao", self.statuses),
            deliveries=self.deliveries,
            runs=self.jobs,
            chunks=self.chunks,
            pacer=self.pacer,
            chunk_size=CHUNK_SIZE,
        )
        self.fan_out = FanOut(
            accounts=cast("AccountDao", self),
            statuses=cast("StatusDao", self.statuses),
            deliveries=self.deliveries,
            line=self.line,
            planner=self.planner,
            jobs=self.jobs,
            pacer=self.pacer,
            clock=self.clock,
        )

    def find(self, account_id: AccountId) -> object:
        """Be the accounts, of which only the author's newest status is asked."""
        return self.find_author(account_id)

    def post(self, followers: int) -> Status:
        """Store a status of somebody new with so many followers."""
        author = AccountId(f"author{len(self.follows.counts)}")
        self.follows.counts[author] = followers
        status = self.statuses.post(author, followers, self.clock())
        self.author.last_status_id = status.id
        return status

    def job_of(self, status: Status) -> FanOutJob:
        return FanOutJob(status.id, status.author_id, self.clock())

    def begin(self, status: Status, seconds_left: float = SECONDS) -> None:
        """Handle the job of a status."""
        self.fan_out.run(self.job_of(status), seconds_left)

    def join(self, followers: int) -> Status:
        """Put a status into the line, without a run of the planner."""
        status = self.post(followers)
        self.fan_out._join(status, None)
        return status

    def run(self, seconds_left: float = SECONDS) -> None:
        """Have the planner run."""
        self.planner.run(seconds_left)

    def run_to_the_end(self) -> None:
        """Run the planner again and again, each time when its last run has called for it."""
        for _ in range(1_000):
            self.run()
            if not self.budget.next_turns_at:
                return
            self.clock.advance(max(0.0, self.budget.next_turns_at - self.clock.seconds()))
        raise AssertionError("the line finds no end")

    def taken(self, queue: FakeQueue) -> list[Chunk]:
        """Take all chunks from a queue, and return them."""
        chunks, queue.sent = queue.chunks, []
        return chunks

    def chunks_of(self, status: Status) -> list[Chunk]:
        return [chunk for chunk in self.chunks.chunks if chunk.status_id == status.id]

    def outline_of(self, status: Status) -> Outline | None:
        return self.deliveries.outlines.get(status.id)

    @property
    def budget(self) -> Budget:
        """The budget as it was last taken down."""
        assert self.store.budget is not None
        return self.store.budget

    def change_budget(self, budget: Budget) -> None:
        """Put a budget in place of the present one, as if it had always been so."""
        self.store.budget = budget

    def give_ahead(self, seconds: float) -> None:
        """Give the capacity of the next seconds to somebody else."""
        self.change_budget(replace(self.budget, given_until=self.clock.seconds() + seconds))
