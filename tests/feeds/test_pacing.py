"""The pacer: reservations of all writers, laid end to end at the table's capacity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.pacing import LeakyBucketPacer
from tests.feeds.fakes import FakeCapacity, FakeClock, FakeLedger


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def capacity() -> FakeCapacity:
    return FakeCapacity(100.0)


@pytest.fixture
def pacer(clock: FakeClock, capacity: FakeCapacity) -> LeakyBucketPacer:
    return LeakyBucketPacer(ledger=FakeLedger(), capacity=capacity, seconds_now=clock.seconds)


def test_the_first_reservation_starts_at_once(pacer: LeakyBucketPacer) -> None:
    assert pacer.reserve(500).starts_in == 0


def test_each_reservation_starts_when_the_one_before_it_is_written(pacer: LeakyBucketPacer) -> None:
    assert [round(pacer.reserve(50).starts_in, 6) for _ in range(3)] == [0, 0.5, 1.0]


def test_idle_time_is_not_reserved(clock: FakeClock, pacer: LeakyBucketPacer) -> None:
    pacer.reserve(100)
    clock.advance(60)
    assert pacer.backlog() == 0
    assert pacer.reserve(100).starts_in == 0


def test_the_backlog_is_what_is_reserved_and_not_yet_due(
    clock: FakeClock, pacer: LeakyBucketPacer
) -> None:
    pacer.reserve(1_000)
    clock.advance(4)
    assert pacer.backlog() == pytest.approx(6)


def test_a_changed_capacity_counts_from_the_next_reservation_on(
    capacity: FakeCapacity, pacer: LeakyBucketPacer
) -> None:
    pacer.reserve(100)
    capacity.wcu = 50
    reservation = pacer.reserve(100)
    assert reservation.rate == 50
    assert pacer.backlog() == pytest.approx(3)


@given(steps=st.lists(st.tuples(st.integers(1, 1_000), st.floats(0, 20)), min_size=1, max_size=60))
def test_no_two_reservations_ever_overlap(steps: list[tuple[int, float]]) -> None:
    clock = FakeClock()
    pacer = LeakyBucketPacer(
        ledger=FakeLedger(), capacity=FakeCapacity(100.0), seconds_now=clock.seconds
    )
    free_from = 0.0
    for entries, pause in steps:
        clock.advance(pause)
        start = clock.seconds() + pacer.reserve(entries).starts_in
        assert start >= free_from - 1e-5
        free_from = start + entries / 100.0
