"""The whole delivery: whatever fails on the way, every feed gets what it should, and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.budget import SAVED_SECONDS
from tests.feeds.simulated import (
    Faults,
    SimulatedDelivery,
    change_capacity,
    damage_budget,
    lose_budget,
)

WCU = 100.0
FULL, EMPTY = SAVED_SECONDS * WCU, WCU

posts = st.lists(
    st.tuples(st.floats(0, 30), st.sampled_from([0, 1, 60, 100, 101, 250, 999, 2_000])),
    min_size=1,
    max_size=6,
)
faults = st.builds(
    Faults,
    by_call=st.dictionaries(
        st.integers(0, 400),
        st.sampled_from(
            ["crash", "crash after", "defect", "defect after", "away", "away after", "overtaken"]
        ),
        max_size=25,
    ),
    duplicates=st.frozensets(st.integers(0, 150), max_size=10),
    throttles=st.frozensets(st.integers(0, 150), max_size=20),
    jitter=st.sampled_from([0.0, 0.2, 3.0]),
    seed=st.integers(0, 1_000),
)
changes = st.lists(
    st.tuples(
        st.floats(0, 60),
        st.sampled_from([lose_budget, damage_budget, change_capacity(40), change_capacity(2_000)]),
    ),
    max_size=4,
)
Change = Callable[[SimulatedDelivery], None]


def delivered(
    posted: list[tuple[float, int]],
    saved: float,
    wrong: Faults | None = None,
    changed: list[tuple[float, Change]] | None = None,
) -> SimulatedDelivery:
    """Return the world after everything posted has been delivered."""
    world = SimulatedDelivery(wcu=WCU, saved=saved, faults=wrong)
    for after, followers in posted:
        world.post_later(after, followers)
    for after, change in changed or []:
        world.change_later(after, change)
    world.run()
    return world


@settings(max_examples=120, deadline=None)
@given(posted=posts, saved=st.sampled_from([0.0, EMPTY, FULL]), wrong=faults, changed=changes)
def test_whatever_fails_each_feed_gets_exactly_its_statuses_and_nothing_is_left_behind(
    posted: list[tuple[float, int]],
    saved: float,
    wrong: Faults,
    changed: list[tuple[float, Change]],
) -> None:
    world = delivered(posted, saved, wrong, changed)
    assert len(world.posted) == len(posted)
    assert world.table.entries == world.expected
    world.faults.by_call.clear()
    assert world.line.all() == []
    assert world.pacer.budget()[0].next_turns_at == 0
    for status in world.posted:
        outline, progress = world.deliveries.find(status.id)
        assert outline is not None
        assert progress.delivered == outline.planned == status.followers


@settings(max_examples=70, deadline=None)
@given(posted=posts, wrong=faults)
@example(posted=[(0.0, 101)], wrong=Faults(by_call={10: "crash after", 11: "crash"}))
def test_whoever_unfollows_meanwhile_gets_it_and_nobody_is_told_before_all_have_it(
    posted: list[tuple[float, int]], wrong: Faults
) -> None:
    wrong.leave_at_crashes = True
    world = delivered(posted, EMPTY, wrong)
    assert world.table.entries == world.expected
    assert world.told_early == []
    for status in world.posted:
        outline, progress = world.deliveries.find(status.id)
        assert outline is not None
        assert outline.is_met_by(progress)


@pytest.mark.parametrize("saved", [EMPTY, FULL])
@settings(max_examples=40, deadline=None)
@given(followers=st.lists(st.integers(1, 8_000), min_size=1, max_size=4))
def test_a_healthy_delivery_takes_no_longer_than_the_capacity_must(
    saved: float, followers: list[int]
) -> None:
    world = SimulatedDelivery(wcu=WCU, saved=saved)
    began = world.clock.seconds()
    for each in followers:
        world.post_later(0, each)
    world.run()
    assert world.finished_at - began <= sum(followers) / WCU + 3


@settings(max_examples=40, deadline=None)
@given(posted=posts)
def test_a_table_that_has_saved_its_capacity_refuses_little(
    posted: list[tuple[float, int]],
) -> None:
    table = delivered(posted, FULL).table
    # Whole seconds bring what was given ahead together with what is written at the peak.
    assert table.refused <= 100 + table.sent / 20


@settings(max_examples=40, deadline=None)
@given(followers=st.lists(st.integers(101, 8_000), min_size=1, max_size=4))
def test_a_table_without_anything_saved_refuses_only_the_trial(followers: list[int]) -> None:
    world = delivered([(0, each) for each in followers], EMPTY)
    assert world.table.refused <= 2 * WCU


@settings(max_examples=40, deadline=None)
@given(
    posted=posts, changed=st.lists(st.tuples(st.floats(0, 30), st.just(lose_budget)), max_size=1)
)
def test_no_entry_is_written_twice_while_nothing_fails(
    posted: list[tuple[float, int]], changed: list[tuple[float, Change]]
) -> None:
    world = delivered(posted, FULL, None, changed)
    assert world.table.sent - world.table.refused == len(world.expected)


def test_saved_capacity_is_used_up_to_the_partitions_peak() -> None:
    world = SimulatedDelivery(wcu=WCU, saved=FULL)
    began = world.clock.seconds()
    world.post_later(0, 10_000)
    world.run()
    assert world.finished_at - began < 20
