"""What the workers' calls add up to."""

from __future__ import annotations

from typing import Any

from bench.recorder import Call, Recorder
from bench.tally import Tally, WorkReport
from tests.world import World
from tweeter import aws as aws_clients
from tweeter.config import get_config

FEEDS = "tweeter-feeds"


def call(operation: str, parameters: dict[str, Any], answer: dict[str, Any], sent: int = 1) -> Call:
    return Call("dynamodb", operation, parameters, answer, sent, 0.001)


def batch(*owners: str) -> list[dict[str, Any]]:
    return [{"PutRequest": {"Item": {"owner_id": {"S": owner}}}} for owner in owners]


def test_what_a_table_leaves_unprocessed_costs_nothing_and_is_not_written() -> None:
    tally = Tally(FEEDS)
    left = {"UnprocessedItems": {FEEDS: batch("bob")}}
    tally.note(call("BatchWriteItem", {"RequestItems": {FEEDS: batch("ann", "bob")}}, left))
    assert (tally.report.entries, tally.report.refused) == (1, 1)
    assert tally.report.wcu == {FEEDS: 1}


def test_a_batch_that_is_refused_as_a_whole_writes_nothing() -> None:
    tally = Tally(FEEDS)
    refusal = {"Error": {"Code": "ProvisionedThroughputExceededException"}}
    tally.note(call("BatchWriteItem", {"RequestItems": {FEEDS: batch("ann")}}, refusal, sent=3))
    assert (tally.report.entries, tally.report.refused) == (0, 1)
    assert tally.report.requests == {"dynamodb BatchWriteItem": 3}
    assert not tally.report.wcu


def test_a_report_survives_its_file() -> None:
    tally = Tally(FEEDS)
    tally.note(call("PutItem", {"TableName": "plans", "Item": {"a": {"S": "x" * 1500}}}, {}))
    tally.note(call("BatchWriteItem", {"RequestItems": {FEEDS: batch("ann")}}, {}))
    assert WorkReport.from_json(tally.report.to_json()) == tally.report


def test_a_delivery_is_counted_at_the_clients(world: World) -> None:
    ann, bob, eve = world.people("ann", "bob", "eve")
    bob.follow(ann)
    eve.follow(ann)
    ann.post("hello")
    tally = Tally(get_config().table_name("feeds"))
    clients = [
        aws_clients.client("dynamodb"),
        aws_clients.client("dynamodb", attempts=1),
        aws_clients.client("sqs"),
    ]
    with Recorder(clients, tally.note):
        world.deliver()
    bob.feed()
    assert tally.report.entries == 2
    assert tally.report.wcu[get_config().table_name("feeds")] == 2
    assert tally.report.requests["dynamodb BatchWriteItem"] == 1
