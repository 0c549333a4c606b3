"""What a month and a post cost."""

from __future__ import annotations

import pytest

from tweeter import prices
from tweeter.costs import Installation, entries, month, post


def installation(**changes: float) -> Installation:
    nothing = {
        "feed_read_capacity": 0,
        "feed_write_capacity": 0,
        "polled_queues": 0,
        "alarm_metrics": 0,
        "dashboards": 0,
        "snapshot_gb": 0,
    }
    return Installation(**{**nothing, **changes})  # type: ignore[arg-type]


def test_nothing_costs_nothing() -> None:
    assert {line.dollars for line in month(installation())} == {0.0}


def test_capacity_is_paid_by_the_hour_beyond_what_is_free() -> None:
    line = month(installation(feed_write_capacity=100))[0]
    assert line.dollars == pytest.approx(100 * 0.00065 * 730)
    assert line.beyond_free == pytest.approx(75 * 0.00065 * 730)


def test_idle_polling_of_two_queues_is_a_little_more_than_what_is_free() -> None:
    line = month(installation(polled_queues=2))[2]
    assert line.dollars == pytest.approx(0.52)
    assert line.beyond_free == pytest.approx(0.12)


def test_less_than_what_is_free_is_free() -> None:
    assert month(installation(alarm_metrics=9))[3].beyond_free == 0


def test_a_post_costs_its_share_of_the_capacity_and_what_was_measured() -> None:
    parts = dict(post(10_000, on_demand=False))
    assert parts["feed entries"] == pytest.approx(10_000 / 3_600 * prices.WCU_HOUR)
    others = sum(parts.values()) - parts["feed entries"]
    assert others == pytest.approx(0.000455, abs=0.000001)  # what `make bench-fanout` reports


def test_entries_on_demand_are_paid_by_request_and_nothing_else_changes() -> None:
    provisioned, on_demand = (dict(post(10_000, on_demand=each)) for each in (False, True))
    assert on_demand.pop("feed entries") == entries(10_000, on_demand=True)
    assert entries(10_000, on_demand=True) == pytest.approx(0.00625)
    del provisioned["feed entries"]
    assert on_demand == provisioned


def test_a_post_to_few_takes_a_whole_chunk_but_for_its_entries() -> None:
    one, hundred = (dict(post(followers, on_demand=False)) for followers in (1, 100))
    assert hundred.pop("feed entries") == pytest.approx(100 * one.pop("feed entries"))
    assert one == hundred


def test_ten_times_the_followers_cost_ten_times_as_much() -> None:
    ten, one = (dict(post(n, on_demand=False)) for n in (100_000, 10_000))
    assert all(ten[part] == pytest.approx(10 * one[part]) for part in one)
