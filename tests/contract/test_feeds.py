"""What every store of feeds, deliveries and reservations must do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.entities import AccountId
from feeds.dao import DynamoDeliveryDao, DynamoFeedDao, DynamoLedger, DynamoWriteCapacity
from feeds.entities import Chunk, Plan, Progress
from feeds.interfaces import DeliveryDao, FeedDao
from statuses.entities import Reference
from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.pages import PageRequest
from tweeter.store import Outdated

NOW = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
ANN, BOB = AccountId("ann"), AccountId("bob")
STATUS_ID = "0" * 31 + "5"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def feeds() -> FeedDao:
    return DynamoFeedDao()


@pytest.fixture
def deliveries() -> DeliveryDao:
    return DynamoDeliveryDao()


def reference_of(number: int) -> Reference:
    return Reference(f"{number:032x}", ANN)


def chunk_of(number: int, size: int = 100) -> Chunk:
    return Chunk(STATUS_ID, ANN, number, size, (BOB,))


def test_a_reference_is_put_into_many_feeds_at_once(feeds: FeedDao) -> None:
    owners = [AccountId(f"user{number}") for number in range(feeds.batch_size)]
    assert feeds.put(owners, reference_of(1)) == []
    for owner in owners:
        assert feeds.page(owner, PageRequest(10)) == [reference_of(1)]


def test_a_reference_put_twice_is_there_once(feeds: FeedDao) -> None:
    feeds.put([BOB], reference_of(1))
    feeds.put([BOB], reference_of(1))
    assert feeds.page(BOB, PageRequest(10)) == [reference_of(1)]


def test_putting_into_no_feed_does_nothing(feeds: FeedDao) -> None:
    assert feeds.put([], reference_of(1)) == []


@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_a_feed_is_read_newest_first_in_whatever_order_it_was_written(
    feeds: FeedDao, size: int
) -> None:
    for number in (3, 1, 7, 5, 2, 6, 4):
        feeds.put([BOB], reference_of(number))
    feeds.put([ANN], reference_of(9))
    seen: list[Reference] = []
    position: str | None = None
    while page := feeds.page(BOB, PageRequest(size, position)):
        seen += page
        position = page[-1].position
    assert seen == [reference_of(number) for number in range(7, 0, -1)]


def test_a_plan_is_advanced_step_by_step(deliveries: DeliveryDao) -> None:
    assert deliveries.find_plan(STATUS_ID) is None
    first = Plan("current:bob", 5, 500, complete=False, started_at=NOW)
    last = replace(first, position=None, next_chunk=6, planned=510, complete=True)
    deliveries.advance(STATUS_ID, None, first)
    assert deliveries.find_plan(STATUS_ID) == first
    deliveries.advance(STATUS_ID, first, last)
    assert deliveries.find_plan(STATUS_ID) == last


def test_of_two_runs_that_advance_the_same_plan_one_is_refused(deliveries: DeliveryDao) -> None:
    first = Plan("current:bob", 5, 500, complete=False, started_at=NOW)
    deliveries.advance(STATUS_ID, None, first)
    with pytest.raises(Outdated):
        deliveries.advance(STATUS_ID, None, first)
    second = replace(first, position="current:cid", next_chunk=10)
    deliveries.advance(STATUS_ID, first, second)
    with pytest.raises(Outdated):
        deliveries.advance(STATUS_ID, first, second)
    assert deliveries.find_plan(STATUS_ID) == second


def test_a_step_that_found_no_chunk_is_still_advanced_once(deliveries: DeliveryDao) -> None:
    first = Plan("current:bob", 0, 0, complete=False, started_at=NOW)
    second = replace(first, position="former:")
    deliveries.advance(STATUS_ID, None, first)
    deliveries.advance(STATUS_ID, first, second)
    with pytest.raises(Outdated):
        deliveries.advance(STATUS_ID, first, second)


def test_each_chunk_counts_once(deliveries: DeliveryDao) -> None:
    assert deliveries.find(STATUS_ID) == (None, Progress(0, None))
    assert not deliveries.is_finished(STATUS_ID, 0)
    for number in (0, 3, 0, 3, 3):
        deliveries.finish(chunk_of(number), NOW)
    assert deliveries.find(STATUS_ID)[1] == Progress(200, NOW)
    assert deliveries.is_finished(STATUS_ID, 3)
    assert not deliveries.is_finished(STATUS_ID, 1)


def test_progress_adds_up_over_any_number_of_chunks(deliveries: DeliveryDao) -> None:
    for number in range(0, 1_000, 37):
        deliveries.finish(chunk_of(number, size=10), NOW)
    progress = deliveries.find(STATUS_ID)[1]
    assert progress.delivered == len(range(0, 1_000, 37)) * 10


def test_reservations_lie_end_to_end_and_never_in_the_past() -> None:
    ledger = DynamoLedger("test")
    assert ledger.backlog(1_000.0) == 0
    assert ledger.extend(1_000.0, 5) == 1_000.0
    assert ledger.extend(1_001.0, 5) == 1_005.0
    assert ledger.extend(1_002.5, 0.25) == 1_010.0
    assert ledger.backlog(1_002.5) == 7.75
    assert ledger.backlog(1_011.0) == 0
    assert ledger.extend(2_000.0, 1) == 2_000.0


def test_ledgers_of_different_resources_are_apart() -> None:
    DynamoLedger("one").extend(1_000.0, 5)
    assert DynamoLedger("two").backlog(1_000.0) == 0


@pytest.mark.parametrize(
    "damage", [{"S": "soon"}, {"N": "9" * 20}, {"N": "-5"}, {"NULL": True}, None]
)
def test_a_damaged_ledger_counts_as_free_and_is_mended(damage: dict[str, Any] | None) -> None:
    item: dict[str, Any] = {"resource": {"S": "test"}}
    if damage:
        item["reserved_until"] = damage
    table = get_config().table_name("ledger")
    aws_clients.client("dynamodb").put_item(TableName=table, Item=item)
    ledger = DynamoLedger("test")
    assert ledger.backlog(1_000.0) == 0
    assert ledger.extend(1_000.0, 5) == 1_000.0
    assert ledger.extend(1_000.0, 5) == 1_005.0


def test_a_change_of_the_tables_capacity_is_seen() -> None:
    capacity = DynamoWriteCapacity(refresh_seconds=0)
    assert capacity.units() == get_config().feed_write_capacity
    aws_clients.client("dynamodb").update_table(
        TableName=get_config().table_name("feeds"),
        ProvisionedThroughput={"ReadCapacityUnits": 50, "WriteCapacityUnits": 70},
    )
    assert capacity.units() == 70


def test_the_capacity_is_not_asked_for_at_every_turn() -> None:
    capacity = DynamoWriteCapacity(refresh_seconds=3_600)
    before = capacity.units()
    aws_clients.client("dynamodb").update_table(
        TableName=get_config().table_name("feeds"),
        ProvisionedThroughput={"ReadCapacityUnits": 50, "WriteCapacityUnits": 70},
    )
    assert capacity.units() == before
