"""The pacer: every writer gets its capacity out of one budget."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.budget import FARTHEST, SAVED_SECONDS, Budget, Trial
from feeds.pacing import SOON, Pacer
from tests.feeds.fakes import FakeBudgetStore, FakeCapacity, FakeClock
from tweeter.errors import Unavailable
from tweeter.store import Outdated


class Desk:
    """A pacer over a table that has nothing saved, and what it works with."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.capacity = FakeCapacity(100.0)
        self.store = FakeBudgetStore(Budget(given_until=self.clock.seconds()))
        self.pacer = Pacer(store=self.store, capacity=self.capacity, seconds_now=self.clock.seconds)

    @property
    def budget(self) -> Budget:
        assert self.store.budget is not None
        return self.store.budget

    def set(self, budget: Budget) -> None:
        self.store.budget = budget


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_each_fan_out_of_one_chunk_writes_when_its_own_capacity_has_come_in(desk: Desk) -> None:
    waits = [desk.pacer.reserve_soon(50) for _ in range(3)]
    assert waits == [pytest.approx(0.5), pytest.approx(1.0), pytest.approx(1.5)]


def test_one_that_saved_capacity_suffices_for_writes_at_once(desk: Desk) -> None:
    desk.clock.advance(10)
    assert desk.pacer.reserve_soon(80) == 0
    assert desk.budget.saved == pytest.approx(920)


def test_one_that_would_get_its_capacity_too_late_is_given_none(desk: Desk) -> None:
    desk.set(replace(desk.budget, given_until=desk.clock.seconds() + SOON))
    before = desk.budget
    assert desk.pacer.reserve_soon(1) is None
    assert desk.budget.given_until == before.given_until


def test_one_that_would_cost_another_its_claim_is_given_none(desk: Desk) -> None:
    desk.set(replace(desk.budget, open_to_small=False, saved=500))
    assert desk.pacer.reserve_soon(1) is None
    assert desk.budget.saved == 500


def test_many_refusals_at_a_few_units_do_not_make_the_budget_look_damaged(desk: Desk) -> None:
    desk.capacity.wcu = 1.0
    given = []
    for _ in range(20):  # 2,000 seconds' worth
        desk.pacer.reserve_again(100)
        given.append(desk.budget.given_until - desk.clock.seconds())
    assert given == [min(100.0 * number, FARTHEST) for number in range(1, 21)]
    behind = Pacer(
        store=desk.store,
        capacity=desk.capacity,
        seconds_now=lambda: desk.clock.seconds() - 2,  # another machine's clock
    )
    assert behind.budget()[0].given_until == desk.budget.given_until


def test_a_changed_capacity_counts_from_the_next_reservation_on(desk: Desk) -> None:
    desk.pacer.reserve_soon(100)
    desk.capacity.wcu = 50
    assert desk.pacer.reserve_soon(100) == pytest.approx(3)


def test_what_a_trial_is_refused_gets_provisioned_capacity_anew(desk: Desk) -> None:
    desk.set(replace(desk.budget, saved=500, trial=Trial("s", 0, 0)))
    assert desk.pacer.reserve_again(75) == pytest.approx(0.75)
    assert (desk.budget.saved, desk.budget.trial) == (0, None)


def test_what_is_refused_at_the_peak_is_written_on_saved_capacity_still(desk: Desk) -> None:
    desk.set(replace(desk.budget, saved=SAVED_SECONDS * 100, trusted=True))
    assert desk.pacer.reserve_again(75) == 0
    assert desk.pacer.is_at_peak()


def test_saved_capacity_that_no_trial_has_shown_is_not_used_at_the_peak(desk: Desk) -> None:
    desk.set(replace(desk.budget, saved=SAVED_SECONDS * 100))
    assert not desk.pacer.is_at_peak()


def test_of_two_writers_at_once_none_gets_what_the_other_got(desk: Desk) -> None:
    other: list[float | None] = []
    desk.store.before_replace = lambda: other.append(desk.pacer.reserve_soon(100))
    mine = desk.pacer.reserve_soon(100)
    assert other == [pytest.approx(1)]
    assert mine == pytest.approx(2)


def test_a_budget_that_always_changes_in_between_is_unavailable_in_the_end(desk: Desk) -> None:
    class Busy(FakeBudgetStore):
        def replace(self, after: Budget, revision: int) -> None:
            raise Outdated

    pacer = Pacer(store=Busy(), capacity=desk.capacity, seconds_now=desk.clock.seconds)
    with pytest.raises(Unavailable):
        pacer.reserve_soon(1)


@pytest.mark.parametrize("damage", [math.nan, math.inf, -1.0, 1e18])
def test_a_damaged_budget_is_begun_anew(desk: Desk, damage: float) -> None:
    desk.set(Budget(given_until=damage, open_to_small=False))
    assert desk.pacer.reserve_soon(10) == 0
    assert desk.budget.is_plausible(desk.clock.seconds())
    assert desk.budget.open_to_small


def test_a_budget_that_is_gone_is_begun_anew() -> None:
    desk = Desk()
    desk.store.budget = None
    assert desk.pacer.reserve_soon(10) == 0
    assert desk.budget.saved == SAVED_SECONDS * 100 - 10


@given(steps=st.lists(st.tuples(st.integers(1, 400), st.floats(0, 5)), min_size=1, max_size=40))
def test_fan_outs_of_one_chunk_never_get_more_than_has_come_in(
    steps: list[tuple[int, float]],
) -> None:
    desk = Desk()
    began = desk.clock.seconds()
    releases: list[tuple[float, int]] = []
    for entries, pause in steps:
        desk.clock.advance(pause)
        wait = desk.pacer.reserve_soon(entries)
        if wait is not None:
            releases.append((desk.clock.seconds() + wait, entries))
    total = 0
    for at, entries in sorted(releases):
        total += entries
        assert total <= 100 * (at - began) + 0.1
