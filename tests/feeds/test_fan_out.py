"""The fan-out: every follower into one chunk, in time, through crashes and repetitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.entities import AccountId
from accounts.interfaces import AccountDao, Audience, FollowDao
from feeds.entities import FanOutJob, Plan
from feeds.fan_out import GRACE, FanOut
from feeds.interfaces import DeliveryDao
from feeds.pacing import LeakyBucketPacer
from statuses.interfaces import StatusDao
from tests.feeds.fakes import FakeCapacity, FakeClock, FakeLedger, FakeQueue
from tweeter.errors import Unavailable
from tweeter.store import Outdated

AUTHOR = AccountId("ann")
STATUS_ID = "0" * 31 + "5"


@dataclass
class Followers:
    """Follows of which there is only one author's audience."""

    count: int

    def audience(
        self, author: AccountId, status_id: str, position: str | None, limit: int
    ) -> Audience:
        first = int(position or 0)
        end = min(first + limit, self.count)
        members = tuple(AccountId(f"user{number}") for number in range(first, end))
        return Audience(members, str(end) if end < self.count else None)


@dataclass
class Plans:
    """Deliveries that know only plans."""

    plan: Plan | None = None

    def find_plan(self, status_id: str) -> Plan | None:
        return self.plan

    def advance(self, status_id: str, before: Plan | None, after: Plan) -> None:
        if self.plan != before:
            raise Outdated
        self.plan = after


@dataclass
class Desk:
    """A fan-out with everything around it in sight."""

    followers: int
    wcu: float = 100.0
    horizon: float = 5.0
    stored: bool = True
    last_status_id: str = STATUS_ID
    clock: FakeClock = field(default_factory=FakeClock)
    jobs: FakeQueue = field(default_factory=FakeQueue)
    chunks: FakeQueue = field(default_factory=FakeQueue)
    plans: Plans = field(default_factory=Plans)

    def __post_init__(self) -> None:
        author = SimpleNamespace(last_status_id=self.last_status_id)
        self.pacer = LeakyBucketPacer(
            ledger=FakeLedger(), capacity=FakeCapacity(self.wcu), seconds_now=self.clock.seconds
        )
        self.fan_out = FanOut(
            accounts=cast("AccountDao", SimpleNamespace(find=lambda _: author)),
            follows=cast("FollowDao", Followers(self.followers)),
            statuses=cast("StatusDao", SimpleNamespace(find=lambda _: self.stored or None)),
            deliveries=cast("DeliveryDao", self.plans),
            jobs=self.jobs,
            chunks=self.chunks,
            pacer=self.pacer,
            clock=self.clock,
            chunk_size=100,
            horizon_seconds=self.horizon,
        )
        self.job = FanOutJob(STATUS_ID, AUTHOR, self.clock())

    def run(self, seconds_left: float = 30) -> None:
        self.fan_out.run(self.job, seconds_left)

    def run_to_the_end(self) -> None:
        """Run the job and all that it leaves behind, each when it is due."""
        self.run()
        while self.jobs.sent:
            (delayed,) = self.jobs.sent
            self.jobs.sent = []
            self.clock.advance(delayed.delay)
            self.run()

    @property
    def owners(self) -> list[AccountId]:
        return [owner for chunk in self.chunks.chunks for owner in chunk.owners]


@pytest.mark.parametrize("followers", [1, 99, 100, 101, 1_234])
def test_every_follower_is_in_exactly_one_chunk(followers: int) -> None:
    desk = Desk(followers)
    desk.run_to_the_end()
    assert len(desk.owners) == len(set(desk.owners)) == followers
    assert [chunk.number for chunk in desk.chunks.chunks] == list(range(len(desk.chunks.chunks)))
    assert desk.plans.plan is not None
    assert (desk.plans.plan.planned, desk.plans.plan.complete) == (followers, True)


def test_a_status_without_followers_is_planned_and_sends_nothing() -> None:
    desk = Desk(0)
    desk.run()
    assert desk.chunks.sent == []
    assert desk.plans.plan is not None
    assert desk.plans.plan.complete


def test_chunks_are_timed_by_the_capacity() -> None:
    desk = Desk(500)
    desk.run()
    assert [delayed.delay for delayed in desk.chunks.sent] == [0, 1, 2, 3, 4]


def test_a_run_plans_no_further_ahead_than_the_horizon_and_one_step() -> None:
    desk = Desk(100_000)
    desk.run()
    assert max(delayed.delay for delayed in desk.chunks.sent) < 2 * desk.horizon
    assert len(desk.jobs.sent) == 1
    assert 0 < desk.jobs.sent[0].delay < 2 * desk.horizon


def test_the_table_is_never_left_waiting_while_followers_are() -> None:
    desk = Desk(5_000)
    began = desk.clock.seconds()
    desk.run_to_the_end()
    last = desk.clock.seconds() + desk.pacer.backlog()
    assert last - began == pytest.approx(5_000 / desk.wcu)


def test_somebody_with_few_followers_waits_for_the_horizon_at_most() -> None:
    large = Desk(100_000)
    large.run()
    assert large.pacer.reserve(3).starts_in <= 2 * large.horizon


def test_a_run_that_ends_soon_leaves_the_rest_to_the_next() -> None:
    desk = Desk(1_000)
    desk.run(seconds_left=1)
    assert desk.chunks.sent == []
    assert desk.jobs.jobs == [desk.job]


def test_a_finished_job_that_comes_again_does_nothing() -> None:
    desk = Desk(250)
    desk.run_to_the_end()
    desk.chunks.sent = []
    desk.run()
    assert desk.chunks.sent == []
    assert desk.jobs.sent == []


def test_a_run_that_another_has_overtaken_stops() -> None:
    desk = Desk(2_000)
    overtaken = desk.plans

    def advance(status_id: str, before: Plan | None, after: Plan) -> None:
        raise Outdated

    overtaken.advance = advance  # type: ignore[method-assign]
    desk.run()
    assert desk.jobs.sent == []


def test_a_crash_after_sending_chunks_sends_them_again_with_the_same_numbers() -> None:
    desk = Desk(150)
    desk.run()
    first, desk.chunks.sent, desk.plans.plan = desk.chunks.chunks, [], None
    desk.run()
    assert desk.chunks.chunks == first


def test_a_status_that_is_not_stored_yet_is_waited_for() -> None:
    desk = Desk(10, stored=False, last_status_id="")
    desk.run()
    assert desk.chunks.sent == []
    assert [(delayed.message, delayed.delay > 0) for delayed in desk.jobs.sent] == [
        (desk.job, True)
    ]
    desk.stored = True
    desk.run()
    assert len(desk.owners) == 10


def test_a_status_that_its_request_never_stored_is_dropped_in_the_end() -> None:
    desk = Desk(10, stored=False, last_status_id="")
    desk.clock.advance(GRACE.total_seconds())
    desk.run()
    assert desk.jobs.sent == []
    assert desk.chunks.sent == []


def test_a_status_older_than_its_authors_newest_is_dropped_at_once_when_it_is_gone() -> None:
    desk = Desk(10, stored=False, last_status_id="0" * 31 + "6")
    desk.run()
    assert desk.jobs.sent == []
    assert desk.chunks.sent == []


@given(
    followers=st.integers(1, 3_000),
    faults=st.lists(st.sampled_from(["chunks away", "jobs away", "repeated", "none"]), max_size=20),
)
def test_faults_and_repetitions_lose_no_follower(followers: int, faults: list[str]) -> None:
    desk = Desk(followers)
    waiting = 1
    while waiting:
        fault = faults.pop() if faults else "none"
        desk.chunks.away, desk.jobs.away = fault == "chunks away", fault == "jobs away"
        try:
            desk.run()
        except Unavailable:
            desk.clock.advance(10)  # SQS delivers the message again
            continue
        desk.clock.advance(10)
        waiting += len(desk.jobs.sent) - (0 if fault == "repeated" else 1)
        desk.jobs.sent = []
    assert set(desk.owners) == {f"user{number}" for number in range(followers)}
    assert desk.plans.plan is not None
    assert desk.plans.plan.planned == followers
