"""What the fan-out benchmark makes of what it saw."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bench.fanout import utilisation
from bench.fanout.bill import Bill, feed_writes, gb_seconds
from bench.fanout.figures import Figure
from bench.fanout.work_log import Logger, WorkLog
from bench.recorder import Call
from feeds.messages import Poisonous

FEEDS = "tweeter-feeds"


def batch(*owners: str) -> list[dict[str, Any]]:
    return [
        {"PutRequest": {"Item": {"owner_id": {"S": owner}, "status_id": {"S": "s1"}}}}
        for owner in owners
    ]


def call(sent: list[dict[str, Any]], answer: dict[str, Any]) -> Call:
    return Call("dynamodb", "BatchWriteItem", {"RequestItems": {FEEDS: sent}}, answer, 1, 0.001)


def test_new_repeated_and_refused_entries_are_told_apart() -> None:
    logger = Logger(FEEDS)
    left = {"UnprocessedItems": {FEEDS: batch("bob")}}
    logger.note(call(batch("ann", "bob"), left))
    logger.note(call(batch("ann", "bob"), {}))
    logger.note(call(batch("eve"), {"Error": {"Code": "ThrottlingException"}}))
    counts = [(write.new, write.repeated, write.refused) for write in logger.log.writes]
    assert counts == [(1, 0, 1), (1, 1, 0), (0, 0, 1)]


def test_an_invocation_that_fails_is_billed_too() -> None:
    logger = Logger(FEEDS)

    def handler() -> None:
        raise Poisonous

    with pytest.raises(Poisonous):
        logger.billed("feed-write", handler)()
    [invocation] = logger.log.invocations
    assert invocation.function == "feed-write"


def test_a_log_survives_its_file() -> None:
    logger = Logger(FEEDS)
    logger.note(call(batch("ann"), {}))
    logger.billed("fan-out", lambda: None)()
    assert WorkLog.from_json(logger.log.to_json()) == logger.log


def test_lambda_bills_half_a_gigabyte_by_the_begun_millisecond() -> None:
    assert gb_seconds([0.007, 0.0071, 0.992]) == pytest.approx((0.007 + 0.008 + 0.992) / 2)


def test_a_bill_adds_up_what_was_used() -> None:
    bill = Bill(writes=1e6, reads=1e6, sqs_requests=1_000_000, invocations=1_000_000, gb_seconds=0)
    assert bill.dollars == pytest.approx(0.625 + 0.125 + 0.40 + 0.20)


def test_feed_writes_are_dearer_on_demand_than_provisioned() -> None:
    assert feed_writes(3_600_000) == pytest.approx((0.65, 2.25))


def test_a_second_without_a_request_counts_as_unused() -> None:
    rows = [{"second": second, "capacity_write": 100, "write_units": 100} for second in (9, 10, 12)]
    assert utilisation.within(rows, 9.5, 13.9) == pytest.approx(100 * 2 / 3)
    assert math.isnan(utilisation.within(rows, 20, 30))


def test_a_figure_tells_whether_it_reaches_what_is_asked() -> None:
    assert Figure("waits", 3.0, "s", 4).is_met
    assert not Figure("used", 96.0, "%", 97, is_least=True).is_met
    assert Figure("never out", math.inf, "s", 4).to_json()["value"] is None
    assert Figure("never out", math.inf, "s", 4).asked == "<= 4 s  MISSED"
