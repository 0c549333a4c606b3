"""Buckets give what comes in and what was saved, never more and never less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.capacity.buckets import SAVED_SECONDS, Pool

STEPS = st.lists(st.tuples(st.floats(0, 400), st.integers(1, 30)), min_size=1, max_size=60)


def pool(rate: float, *, kind: str = "write", burst: float = 0, saving: bool = True) -> Pool:
    return Pool(kind=kind, rate=rate, burst=burst, saving=saving, now=0)


def drain(tested: Pool, now: float, partition: str | None = None) -> int:
    """Take single units until one does not fit; return how many did."""
    count = 0
    while tested.fits(1, partition, now):
        tested.take(1, partition, now)
        count += 1
    return count


@given(
    rate=st.integers(1, 900), burst=st.floats(0, SAVED_SECONDS), saving=st.booleans(), steps=STEPS
)
def test_no_more_is_given_than_came_in_and_was_saved(
    rate: int, burst: float, saving: bool, steps: list[tuple[float, int]]
) -> None:
    tested = pool(rate, burst=burst, saving=saving)
    now, given_units = 0.0, 0.0
    saved = max(1.0, burst) if saving else 1.0
    for passed, units in steps:
        now += passed
        if tested.fits(units, None, now):
            tested.take(units, None, now)
            given_units += units
            # An item larger than the whole bucket goes through a full one.
            beyond = max(0, units - rate)
            assert given_units <= rate * (saved + now) + beyond + 1e-3


@given(rate=st.integers(1, 900), waits=st.lists(st.floats(0, 0.5), max_size=30))
def test_nothing_of_the_rate_is_lost_in_small_steps(rate: int, waits: list[float]) -> None:
    tested = pool(rate, saving=False)
    drain(tested, 0)
    now = 0.0
    for wait in waits:
        now = min(now + wait, 1.0)
        tested.fits(1, None, now)  # a look that does not fit costs nothing
    assert drain(tested, 1.0) == rate


def test_a_bucket_without_saving_keeps_one_second() -> None:
    tested = pool(10, burst=300, saving=False)
    assert drain(tested, 0) == 10
    assert drain(tested, 1000) == 10


def test_unused_capacity_of_five_minutes_is_saved() -> None:
    tested = pool(2)
    assert drain(tested, 0) == 2
    assert drain(tested, 10_000) == 600


def test_a_burst_is_there_from_the_start() -> None:
    assert drain(pool(10, burst=50), 0) == 500


@pytest.mark.parametrize(("kind", "limit"), [("write", 1000), ("read", 3000)])
def test_a_partition_gives_no_more_whatever_was_saved(kind: str, limit: int) -> None:
    tested = pool(limit, kind=kind, burst=300)
    assert [drain(tested, now) for now in (0, 1, 2)] == [limit] * 3


def test_a_large_table_gives_more_than_one_key_can_have() -> None:
    tested = pool(4000, burst=300)
    by_key = {key: drain(tested, 0, f'{{"S": "{key}"}}') for key in range(40)}
    assert max(by_key.values()) == 1000
    assert sum(by_key.values()) == 4000


def test_an_item_larger_than_the_bucket_leaves_a_debt() -> None:
    tested = pool(2, saving=False)
    assert tested.fits(5, None, 0)
    tested.take(5, None, 0)
    assert not tested.fits(1, None, 1.5)
    assert tested.fits(1, None, 2)


def test_a_new_rate_keeps_what_was_saved_up_to_its_own_ceiling() -> None:
    tested = pool(10, burst=300)
    tested.resize(2, 0)
    assert drain(tested, 0) == 600
    tested.resize(50, 0)
    assert drain(tested, 0) == 0
    assert drain(tested, 1) == 50


def test_a_clock_that_is_set_back_gives_nothing() -> None:
    tested = pool(10, saving=False)
    drain(tested, 100)
    assert drain(tested, 50) == 0
    assert drain(tested, 100.5) == 5
