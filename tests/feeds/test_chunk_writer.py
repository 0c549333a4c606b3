"""The feed writer: every owner once, whatever the table has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import repeat
from typing import NoReturn, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.entities import AccountId
from feeds.budget import SAVED_SECONDS, Budget, Trial
from feeds.chunk_writer import ChunkWriter
from feeds.entities import Chunk
from feeds.interfaces import Delayed, DeliveryDao, FeedDao
from feeds.pacing import Pacer
from statuses.interfaces import StatusDao
from tests.feeds.fakes import (
    FakeBudgetStore,
    FakeCapacity,
    FakeClock,
    FakeDeliveries,
    FakeQueue,
    FakeStatuses,
    ThrottlingFeeds,
    followers_of,
)
from tweeter.deadline import seconds_left, within
from tweeter.errors import Unavailable

AUTHOR = AccountId("ann")
NUMBER = 7


class LosingDeliveries(FakeDeliveries):
    """Deliveries that count nothing so many times, or count and do not say so."""

    def __init__(self, *, times: int, is_carried_out: bool) -> None:
        super().__init__()
        self.times = times
        self.is_carried_out = is_carried_out

    def finish(self, chunk: Chunk, at: datetime) -> None:
        if not self.times:
            return super().finish(chunk, at)
        self.times -= 1
        if self.is_carried_out:
            super().finish(chunk, at)
        raise Unavailable("away")


class Desk:
    """A writer with everything around it in sight, at a table of 100 WCU with nothing saved."""

    def __init__(
        self,
        takes: list[int] | None = None,
        deliveries: FakeDeliveries | None = None,
        queue: FakeQueue | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.feeds = ThrottlingFeeds(takes or [])
        self.statuses = FakeStatuses()
        self.status = self.statuses.post(AUTHOR, 1, self.clock())
        self.deliveries = deliveries or FakeDeliveries()
        self.queue = queue or FakeQueue()
        self.store = FakeBudgetStore(Budget(given_until=self.clock.seconds()))
        self.writer = ChunkWriter(
            statuses=cast("StatusDao", self.statuses),
            feeds=cast("FeedDao", self.feeds),
            deliveries=cast("DeliveryDao", self.deliveries),
            chunks=self.queue,
            pacer=Pacer(store=self.store, capacity=FakeCapacity(), seconds_now=self.clock.seconds),
            clock=self.clock,
            pauses=lambda: repeat(0.1),
            sleep=self.clock.advance,
        )

    @property
    def budget(self) -> Budget:
        assert self.store.budget is not None
        return self.store.budget

    def chunk(self, size: int) -> Chunk:
        return Chunk(self.status.id, AUTHOR, NUMBER, size, followers_of(AUTHOR, size))

    def run(self, size: int, seconds_left: float = 30) -> None:
        self.writer.run(self.chunk(size), seconds_left)

    def run_what_is_left(self) -> None:
        """Run the chunks that went back in line, until none does."""
        while self.queue.sent:
            chunks, self.queue.sent = self.queue.chunks, []
            for chunk in chunks:
                self.writer.run(chunk, seconds_left=30)

    @property
    def is_finished(self) -> bool:
        return self.deliveries.is_finished(self.status.id, NUMBER)


def test_a_chunk_is_written_whole_and_finished() -> None:
    desk = Desk()
    desk.run(60)
    assert len(desk.feeds.entries) == 60
    assert desk.is_finished
    assert desk.queue.sent == []


def test_at_the_first_refusal_all_that_is_owed_goes_back_in_line_and_nothing_else() -> None:
    desk = Desk(takes=[25, 5])
    desk.run(75)
    (rest,) = desk.queue.chunks
    assert desk.feeds.calls == 2
    assert len(rest.owners) == 45
    assert (rest.number, rest.size) == (NUMBER, 75)
    assert not {(owner, desk.status.id) for owner in rest.owners} & set(desk.feeds.entries)
    assert not desk.is_finished


def test_what_goes_back_in_line_waits_for_capacity_of_its_own() -> None:
    desk = Desk(takes=[25, 5])
    desk.run(75)
    (delayed,) = desk.queue.sent
    assert delayed.delay == pytest.approx(0.45)
    assert desk.budget.given_until == pytest.approx(desk.clock.seconds() + 0.45)


def test_a_refusal_while_nothing_saved_is_trusted_is_taken_for_a_dry_table() -> None:
    desk = Desk(takes=[0])
    desk.store.budget = replace(desk.budget, saved=5_000)
    desk.run(25)
    assert desk.budget.saved == 0


def test_a_refusal_at_the_partitions_peak_is_waited_for() -> None:
    desk = Desk(takes=[20, 3])
    desk.store.budget = replace(desk.budget, saved=SAVED_SECONDS * 100, trusted=True)
    desk.run(50)
    assert set(desk.feeds.entries.values()) == {1}
    assert len(desk.feeds.entries) == 50
    assert desk.is_finished


def test_a_refusal_at_the_partitions_peak_that_lasts_goes_back_in_line() -> None:
    desk = Desk(takes=[0] * 50)
    desk.store.budget = replace(desk.budget, saved=SAVED_SECONDS * 100, trusted=True)
    desk.run(50)
    assert len(desk.queue.chunks[0].owners) == 50
    assert desk.feeds.calls < 10


def test_a_table_that_goes_away_while_a_refusal_is_waited_for_leaves_only_what_is_owed() -> None:
    desk = Desk(takes=[20])
    desk.store.budget = replace(desk.budget, saved=SAVED_SECONDS * 100, trusted=True)
    desk.feeds.away_at = 1
    desk.run(50)
    (rest,) = desk.queue.chunks
    assert rest.owners == followers_of(AUTHOR, 50)[20:]
    desk.run_what_is_left()
    assert set(desk.feeds.entries.values()) == {1}


def test_the_rest_of_a_chunk_finishes_it() -> None:
    desk = Desk(takes=[0])
    desk.run(25)
    desk.writer.run(desk.queue.chunks[0], seconds_left=30)
    assert desk.is_finished
    assert len(desk.feeds.entries) == 25


def test_a_run_that_ends_soon_hands_back_what_it_has_no_time_for() -> None:
    desk = Desk()
    desk.run(50, seconds_left=4)
    assert desk.feeds.entries == {}
    assert len(desk.queue.chunks[0].owners) == 50


def test_a_table_that_is_away_from_the_start_leaves_the_chunk_as_it_is() -> None:
    desk = Desk()
    desk.feeds.away_at = 0
    with pytest.raises(Unavailable):
        desk.run(50)
    assert desk.queue.sent == []


def test_a_table_that_goes_away_half_way_leaves_only_what_is_owed() -> None:
    desk = Desk()
    desk.feeds.away_at = 1
    desk.run(75)
    assert len(desk.feeds.entries) == 25
    assert len(desk.queue.chunks[0].owners) == 50


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_a_chunk_that_is_written_and_not_counted_is_counted_later_by_its_last_owner_alone(
    is_carried_out: bool,
) -> None:
    desk = Desk(deliveries=LosingDeliveries(times=1, is_carried_out=is_carried_out))
    desk.run(100)
    (rest,) = desk.queue.chunks
    assert rest == replace(desk.chunk(100), owners=followers_of(AUTHOR, 100)[-1:])
    desk.run_what_is_left()
    assert desk.deliveries.find(desk.status.id)[1].delivered == 100
    assert sum(desk.feeds.entries.values()) == 100 + 1


def test_what_is_written_once_more_to_be_counted_waits_for_capacity_of_its_own() -> None:
    desk = Desk(deliveries=LosingDeliveries(times=3, is_carried_out=False))
    desk.store.budget = replace(desk.budget, given_until=desk.clock.seconds() + 9)
    desk.run(100)
    (delayed,) = desk.queue.sent
    assert delayed.delay == pytest.approx(9.01)
    assert desk.budget.given_until == pytest.approx(desk.clock.seconds() + 9.01)
    desk.run_what_is_left()
    assert sum(desk.feeds.entries.values()) == 100 + 3


@pytest.mark.parametrize("is_trusted", [True, False])
@pytest.mark.parametrize("reason", ["not counted", "no time", "no answer"])
def test_what_the_table_has_not_refused_casts_no_doubt_on_what_is_saved_and_shows_nothing(
    reason: str, is_trusted: bool
) -> None:
    uncounted = LosingDeliveries(times=1, is_carried_out=False)
    desk = Desk(deliveries=uncounted if reason == "not counted" else None)
    desk.feeds.away_at = 1 if reason == "no answer" else None
    trial = None if is_trusted else Trial(desk.status.id, NUMBER, desk.clock.seconds() + 10)
    desk.store.budget = replace(desk.budget, saved=5_000, trusted=is_trusted, trial=trial)
    desk.run(100, seconds_left=4 if reason == "no time" else 30)
    given_anew = sum(len(chunk.owners) for chunk in desk.queue.chunks)
    assert given_anew
    assert desk.budget.saved == 5_000 - (given_anew if is_trusted else 0)
    assert (desk.budget.trusted, desk.budget.trial) == (is_trusted, None)


@pytest.mark.parametrize("is_readable", [True, False])
@pytest.mark.parametrize(("takes", "owed"), [((5,), 95), ((25, 5), 70), ((), 1)])
def test_while_the_budget_is_away_too_only_what_is_owed_goes_back(
    monkeypatch: pytest.MonkeyPatch, takes: Sequence[int], owed: int, is_readable: bool
) -> None:
    def away() -> NoReturn:
        raise Unavailable("away")

    uncounted = LosingDeliveries(times=1, is_carried_out=False)
    desk = Desk(takes=list(takes), deliveries=None if takes else uncounted)
    with monkeypatch.context() as patch:
        desk.store.before_replace = away
        if not is_readable:
            patch.setattr(desk.store, "find", away)
        desk.run(100)
    (delayed,) = desk.queue.sent
    assert desk.queue.owners == list(followers_of(AUTHOR, 100)[-owed:])
    assert delayed.delay > 0
    desk.run_what_is_left()
    assert desk.is_finished


def test_a_chunk_that_can_neither_be_counted_nor_sent_comes_again_whole() -> None:
    desk = Desk(deliveries=LosingDeliveries(times=1, is_carried_out=False))
    desk.queue.away = True
    with pytest.raises(Unavailable):
        desk.run(100)
    desk.queue.away = False
    desk.run(100)
    assert desk.deliveries.find(desk.status.id)[1].delivered == 100


def test_a_store_that_is_stuck_leaves_time_to_send_what_is_left() -> None:
    left: list[float] = []

    class Stuck(FakeDeliveries):
        def finish(self, chunk: Chunk, at: datetime) -> None:
            left.append(seconds_left())
            raise Unavailable("too slow")

    class Timed(FakeQueue):
        def send(self, messages: Sequence[Delayed]) -> None:
            left.append(seconds_left())

    desk = Desk(deliveries=Stuck(), queue=Timed())
    with within(20):
        desk.run(100)
    for_the_work, for_sending = left
    assert for_the_work + 1.5 < for_sending < 20


def test_a_chunk_that_comes_twice_counts_once() -> None:
    desk = Desk()
    desk.run(50)
    desk.run(50)
    assert desk.deliveries.find(desk.status.id)[1].delivered == 50
    assert len(desk.feeds.entries) == 50


def test_a_chunk_of_a_deleted_status_is_dropped() -> None:
    desk = Desk()
    desk.statuses.by_id.clear()
    desk.run(50)
    assert desk.feeds.entries == {}
    assert desk.queue.sent == []


@pytest.mark.parametrize("is_trusted", [True, False])
@pytest.mark.parametrize("size", [1, 24, 25, 26, 1_000])
@given(takes=st.lists(st.integers(0, 25), max_size=80))
def test_every_owner_gets_the_status_exactly_once_however_the_table_throttles(
    size: int, is_trusted: bool, takes: list[int]
) -> None:
    desk = Desk(takes=takes)
    desk.store.budget = replace(desk.budget, saved=20_000, trusted=is_trusted)
    desk.run(size)
    desk.run_what_is_left()
    assert len(desk.feeds.entries) == size
    assert set(desk.feeds.entries.values()) == {1}
    assert desk.is_finished
