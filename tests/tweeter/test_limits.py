"""Limits by a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.fake_attempts import MemoryAttempts
from tweeter.errors import TooManyRequests
from tweeter.limits import NONE_YET, Limit, Limiter, Standing, Tally, noted, tightest

LIMIT = Limit("post", 3, 60)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WINDOW = int(NOON.timestamp())


def test_so_many_are_allowed_within_a_window_and_again_in_the_next() -> None:
    tally = NONE_YET
    for _ in range(3):
        tally = LIMIT.one_more(tally, NOON + timedelta(seconds=20))
    with pytest.raises(TooManyRequests) as refused:
        LIMIT.one_more(tally, NOON + timedelta(seconds=20.5))
    assert refused.value.retry_after == 40, "never too early"
    assert LIMIT.one_more(tally, NOON + timedelta(seconds=60)) == Tally(WINDOW + 60, 1)


def test_a_clock_that_is_a_little_behind_does_not_begin_a_window_anew() -> None:
    ahead = Tally(WINDOW + 60, 3)
    with pytest.raises(TooManyRequests) as refused:
        LIMIT.one_more(ahead, NOON + timedelta(seconds=59.9))
    assert refused.value.retry_after == 61


@pytest.mark.parametrize("window", [WINDOW + 10**9, -1])
def test_a_tally_of_a_clock_that_went_astray_locks_nobody_out(window: int) -> None:
    assert LIMIT.one_more(Tally(window, 3), NOON) == Tally(WINDOW, 1)


@pytest.mark.parametrize("seconds", [7, 13, 60, 3_600])
def test_where_the_length_of_windows_was_changed_nobody_waits_longer_than_one(seconds: int) -> None:
    full = Tally(LIMIT.one_more(NONE_YET, NOON + timedelta(seconds=30)).window, 3)
    changed, now = Limit("post", 3, seconds), NOON + timedelta(seconds=31)
    assert changed.note(full, now).reset_seconds <= seconds
    later = now + timedelta(seconds=changed.note(full, now).reset_seconds)
    assert changed.one_more(full, later).count == 1


def test_what_is_left_is_noted_with_the_seconds_to_the_end_of_the_window() -> None:
    with noted() as standings:
        LIMIT.one_more(NONE_YET, NOON + timedelta(seconds=20.5))
    assert list(standings) == [Standing(limit=3, remaining=2, reset_seconds=40)]


def test_of_several_limits_the_tightest_is_told_and_of_these_the_longest() -> None:
    wide, tight, longer = Standing(100, 60, 9), Standing(10, 2, 30), Standing(5, 2, 60)
    assert tightest([wide, tight, longer]) == longer
    assert tightest([]) is None


def test_counters_of_subjects_kinds_and_windows_are_apart() -> None:
    now = [NOON]
    limiter = Limiter(attempts=MemoryAttempts(), secret="s", clock=lambda: now[0])
    once = Limit("follow", 1, 60)
    limiter.take(once, "ann", "b")
    limiter.take(once, "ann")
    limiter.take(once, "annb")
    limiter.take(Limit("post", 1, 60), "ann")
    with pytest.raises(TooManyRequests):
        limiter.take(once, "ann")
    now[0] += timedelta(seconds=60)
    limiter.take(once, "ann")


def test_one_given_back_counts_in_its_own_window_only() -> None:
    now = [NOON]
    limiter = Limiter(attempts=MemoryAttempts(), secret="s", clock=lambda: now[0])
    twice = Limit("follow", 2, 60)
    taken = limiter.take(twice, "ann")
    now[0] += timedelta(seconds=60)
    limiter.take(twice, "ann")
    limiter.give_back(taken)
    limiter.take(twice, "ann")
    with pytest.raises(TooManyRequests):
        limiter.take(twice, "ann")


def test_the_store_learns_neither_addresses_nor_aliases_and_others_cannot_work_them_out() -> None:
    stores = MemoryAttempts(), MemoryAttempts()
    for store, secret in zip(stores, ("one secret", "another"), strict=True):
        limiter = Limiter(attempts=store, secret=secret, clock=lambda: NOON)
        limiter.take(LIMIT, "ann", "192.0.2.1")
        limiter.remember("known", "ann", "192.0.2.1", until=NOON)
    (one, another) = ({*store.counts, *store.known} for store in stores)
    assert len(one) == 2
    assert not one & another
    assert not any("ann" in key or "192" in key for key in one)
