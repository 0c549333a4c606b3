"""The budget: never more than the table has, whoever asks for it and when."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.budget import (
    _PEAK_TOLERANCE,
    _SKEW,
    FARTHEST,
    PARTITION_WCU,
    SAVED_SECONDS,
    Budget,
    Trial,
    peak_of,
)

NOW = 1_800_000_000.0
RATE = 100.0


@dataclass(frozen=True)
class Step:
    """A while of waiting, and then a request."""

    wait: float
    entries: int
    is_from_saved: bool
    runs_dry: bool
    rate: float


@dataclass(frozen=True)
class Release:
    """Entries, and when they may be written."""

    at: float
    entries: int


def steps(*rates: float) -> st.SearchStrategy[list[Step]]:
    step = st.builds(
        Step,
        wait=st.floats(0, 60),
        entries=st.integers(1, 2_000),
        is_from_saved=st.booleans(),
        runs_dry=st.sampled_from([False, False, False, True]),
        rate=st.sampled_from(rates),
    )
    return st.lists(step, max_size=40)


def released(budget: Budget, todo: list[Step]) -> tuple[list[Release], Budget]:
    """Return what a budget gives away, in the order of the times, and what is left of it."""
    now = NOW
    releases = []
    for step in todo:
        now += step.wait
        budget = budget.at(now, step.rate)
        if step.runs_dry:
            budget = budget.refused(step.rate)
        saved = budget.saved if step.is_from_saved else 0.0
        budget, start = budget.give(step.entries, rate=step.rate, from_saved=saved)
        releases.append(Release(max(now, start), step.entries))
    return sorted(releases, key=lambda release: release.at), budget


def most_over(releases: list[Release], rate: float) -> float:
    """Return by how much releases exceed `rate` over the interval where they do so the most."""
    worst = least = 0.0
    total = 0
    for release in releases:
        least = min(least, total - rate * (release.at - NOW))
        total += release.entries
        worst = max(worst, total - rate * (release.at - NOW) - least)
    return worst


@given(saved=st.floats(0, SAVED_SECONDS * RATE), todo=steps(RATE))
def test_no_more_is_released_by_any_time_than_was_saved_and_has_come_in(
    saved: float, todo: list[Step]
) -> None:
    releases, _ = released(Budget(given_until=NOW, saved=saved), todo)
    for release, total in zip(releases, accumulate(each.entries for each in releases), strict=True):
        assert total <= saved + RATE * (release.at - NOW) + 0.01


@given(saved=st.floats(0, SAVED_SECONDS * RATE), todo=steps(50.0, 400.0, 2_500.0))
def test_a_changing_rate_releases_no_more_than_the_highest_would(
    saved: float, todo: list[Step]
) -> None:
    releases, _ = released(Budget(given_until=NOW, saved=saved), todo)
    highest = max((step.rate for step in todo), default=RATE)
    for release, total in zip(releases, accumulate(each.entries for each in releases), strict=True):
        assert total <= saved + highest * (release.at - NOW) + 0.01


@pytest.mark.parametrize("rate", [RATE, 2_500.0])
@given(requests=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 2_000)), max_size=15))
def test_what_is_saved_is_released_no_faster_than_the_partitions_peak(
    rate: float, requests: list[tuple[float, int]]
) -> None:
    todo = [
        Step(wait, entries, is_from_saved=True, runs_dry=False, rate=rate)
        for wait, entries in requests
    ]
    releases, _ = released(Budget(given_until=NOW, saved=SAVED_SECONDS * rate), todo)
    largest = max((entries for _, entries in requests), default=0)
    tolerated = _PEAK_TOLERANCE * peak_of(rate)
    assert most_over(releases, peak_of(rate)) <= tolerated + largest + 0.01


@given(saved=st.floats(0, SAVED_SECONDS * RATE), todo=steps(RATE))
def test_what_was_given_ahead_adds_no_more_than_its_own_rate_to_the_peak(
    saved: float, todo: list[Step]
) -> None:
    releases, _ = released(Budget(given_until=NOW, saved=saved), todo)
    largest = max((step.entries for step in todo), default=0)
    over = most_over(releases, peak_of(RATE) + RATE)
    assert over <= _PEAK_TOLERANCE * peak_of(RATE) + 2 * largest + 0.01


@given(todo=steps(50.0, 400.0, 2_500.0), idle=st.floats(0, 10_000))
def test_no_more_is_saved_than_five_minutes_of_the_capacity(todo: list[Step], idle: float) -> None:
    _, budget = released(Budget(), todo)
    end = NOW + sum(step.wait for step in todo) + idle
    assert 0 <= budget.at(end, RATE).saved <= SAVED_SECONDS * RATE


def test_idle_capacity_is_saved() -> None:
    budget = Budget(given_until=NOW).at(NOW + 7, RATE)
    assert budget.saved == 7 * RATE
    assert budget.given_until == NOW + 7


def test_capacity_given_ahead_is_not_saved() -> None:
    budget = Budget(given_until=NOW + 5).at(NOW, RATE)
    assert (budget.saved, budget.given_until) == (0, NOW + 5)
    assert budget.at(NOW + 6, RATE).saved == RATE


def test_looking_at_a_budget_twice_saves_nothing_twice() -> None:
    once = Budget(given_until=NOW).at(NOW + 7, RATE)
    assert once.at(NOW + 7, RATE) == once


@pytest.mark.parametrize(("rate", "seconds", "next_in"), [(100.0, 1.0, 0.0), (0.5, 100.0, 99.0)])
def test_what_is_given_away_comes_in_sooner_at_a_higher_rate_and_no_later_at_a_lower(
    rate: float, seconds: float, next_in: float
) -> None:
    budget, _ = Budget(given_until=NOW).at(NOW, 1).give(100, rate=1, from_saved=0)
    after = replace(budget, next_turns_at=NOW + 99).at(NOW, rate)
    assert after.given_until == NOW + seconds
    assert after.next_turns_at == NOW + next_in


def test_what_is_given_at_several_rates_counts_for_as_much_as_it_is() -> None:
    budget, _ = Budget(given_until=NOW).at(NOW, 100).give(300, rate=100, from_saved=0)
    budget, _ = budget.at(NOW + 1, 1).give(50, rate=1, from_saved=0)
    assert budget.at(NOW + 1, 100).given_until == pytest.approx(NOW + 1 + (200 + 50) / 100)


def test_a_rate_that_someone_knows_later_makes_nothing_given_away_smaller_than_it_is() -> None:
    budget, _ = Budget(given_until=NOW).at(NOW, 400).give(400, rate=400, from_saved=0)
    assert budget.at(NOW, 4).at(NOW, 400).given_until == budget.given_until


def test_a_budget_that_nobody_has_used_yet_has_everything_saved() -> None:
    assert Budget().at(NOW, RATE).saved == SAVED_SECONDS * RATE


def test_provisioned_capacity_is_given_for_when_all_of_it_has_come_in() -> None:
    budget = Budget(given_until=NOW).at(NOW, RATE)
    budget, first = budget.give(50, rate=RATE, from_saved=0)
    _, second = budget.give(50, rate=RATE, from_saved=0)
    assert (first, second) == (NOW + 0.5, NOW + 1)


def test_what_is_saved_is_given_first_and_the_rest_is_waited_for() -> None:
    budget, start = Budget(given_until=NOW, saved=70).give(100, rate=RATE, from_saved=70)
    assert start == pytest.approx(NOW + 0.3)
    assert budget.saved == 0


def test_no_more_of_what_is_saved_is_given_than_was_asked_for() -> None:
    budget, start = Budget(given_until=NOW, saved=70).give(100, rate=RATE, from_saved=20)
    assert start == pytest.approx(NOW + 0.8)
    assert budget.saved == 50


def test_a_refused_trial_shows_that_nothing_is_saved() -> None:
    before = Budget(
        given_until=NOW, saved=70, trial=Trial("s", 1, NOW), next_turns_at=NOW, open_to_small=False
    )
    assert before.refused(RATE) == replace(before, saved=0, trial=None)


def test_a_refusal_after_a_trial_only_casts_doubt_on_what_is_saved() -> None:
    before = Budget(given_until=NOW, saved=SAVED_SECONDS * RATE, trusted=True)
    after = before.refused(RATE)
    assert after.trusted
    assert 0 < after.saved < before.saved


def test_refusals_without_end_use_the_trust_up() -> None:
    budget = Budget(given_until=NOW, saved=SAVED_SECONDS * RATE, trusted=True)
    for _ in range(20):
        budget = budget.refused(RATE)
    assert (budget.saved, budget.trusted) == (0, False)


@pytest.mark.parametrize(("rate", "partitions"), [(1, 1), (1_000, 1), (1_001, 2), (40_000, 40)])
def test_the_peak_planned_for_is_just_below_that_of_all_partitions(
    rate: float, partitions: int
) -> None:
    assert 0.9 * partitions * PARTITION_WCU < peak_of(rate) < partitions * PARTITION_WCU


@pytest.mark.parametrize("name", ["given_until", "peak_until", "next_turns_at", "saved"])
@pytest.mark.parametrize("damage", [math.nan, math.inf, -math.inf, -1.0])
def test_a_damaged_budget_is_implausible(name: str, damage: float) -> None:
    healthy = Budget(given_until=NOW, peak_until=NOW, next_turns_at=NOW, saved=1)
    assert healthy.is_plausible(NOW)
    damaged: Budget = replace(healthy, **{name: damage})  # type: ignore[arg-type]
    assert not damaged.is_plausible(NOW)


@pytest.mark.parametrize("name", ["given_until", "peak_until", "next_turns_at"])
def test_a_time_that_no_message_could_wait_for_is_implausible(name: str) -> None:
    farthest = NOW + FARTHEST + _SKEW
    latest: Budget = replace(Budget(), **{name: farthest})  # type: ignore[arg-type]
    later: Budget = replace(Budget(), **{name: farthest + 1})  # type: ignore[arg-type]
    assert (latest.is_plausible(NOW), later.is_plausible(NOW)) == (True, False)


@given(todo=steps(50.0, 400.0, 2_500.0))
def test_a_budget_that_looks_ahead_by_no_more_than_messages_can_wait_stays_plausible(
    todo: list[Step],
) -> None:
    small = [replace(step, entries=1 + step.entries // 100) for step in todo]
    _, budget = released(Budget(), small)
    assert budget.is_plausible(NOW + sum(step.wait for step in small))
