"""When authors post in the fan-out benchmark, and the plain server that it compares with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.fanout.arrivals import Arrival, arrivals, bounded_pareto, strict_order
from bench.fanout.utilisation import backlog_seconds, time_covered


def test_a_seed_always_gives_the_same_arrivals_which_need_what_was_asked_for() -> None:
    first, second = (
        arrivals(seconds=60, entries=5_400, largest=1_000, seed=seed) for seed in (7, 7)
    )
    assert first == second
    assert sum(arrival.followers for arrival in first) == 5_400
    assert [arrival.at for arrival in first] == sorted(arrival.at for arrival in first)
    assert all(0 <= arrival.at <= 60 for arrival in first)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_nobody_has_no_followers_or_too_many(quantile: float, largest: int) -> None:
    assert 1 <= bounded_pareto(quantile, largest) <= largest


def test_followers_are_spread_by_their_distribution() -> None:
    assert bounded_pareto(0.0, 10_000) == 1
    assert bounded_pareto(1.0, 10_000) in {9_999, 10_000}
    # Beyond n lie (n ** -0.5 - 0.01) / 0.99 of all authors.
    assert bounded_pareto(1 - (0.1 - 0.01) / 0.99, 10_000) in {99, 100}


def test_in_strict_order_each_waits_for_all_before_it() -> None:
    arrived = [Arrival(0, 1_000), Arrival(1, 10), Arrival(60, 100)]
    assert list(strict_order(arrived, 100)) == [10, 9.1, 1]


def test_time_that_two_intervals_cover_counts_once() -> None:
    assert time_covered([(4, 5), (0, 2), (1, 3), (1, 1.5)]) == 4


def test_a_backlog_is_what_is_posted_and_not_written() -> None:
    posted, written = [(10.0, 250), (13.5, 50)], [(11.5, 100), (12.5, 100), (13.5, 50), (14.5, 50)]
    assert backlog_seconds(posted, written, 100) == {10, 11, 12}
