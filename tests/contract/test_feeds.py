"""What every store of feeds, of the line and of deliveries must do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.entities import AccountId
from feeds.dao import DynamoDeliveryDao, DynamoFeedDao, DynamoLine, DynamoWriteCapacity
from feeds.entities import Chunk, Outline, Piece, Plan, Progress
from feeds.interfaces import DeliveryDao, FeedDao, Line
from statuses.entities import Reference
from tweeter import aws as aws_clients
from tweeter.clock import BEGINNING, to_microseconds
from tweeter.config import get_config
from tweeter.pages import PageRequest
from tweeter.store import AlreadyExists, Outdated

NOW = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
LATER = NOW + timedelta(seconds=3)
ANN, BOB = AccountId("ann"), AccountId("bob")
STATUS_ID = "0" * 31 + "5"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def feeds() -> FeedDao:
    return DynamoFeedDao()


@pytest.fixture
def deliveries() -> DeliveryDao:
    return DynamoDeliveryDao()


@pytest.fixture
def line() -> Line:
    return DynamoLine()


def reference_of(number: int) -> Reference:
    return Reference(f"{number:032x}", ANN)


def chunk_of(number: int, size: int = 100) -> Chunk:
    return Chunk(STATUS_ID, ANN, number, size, (BOB,), None, number, number + 1)


def test_a_reference_is_put_into_many_feeds_at_once(feeds: FeedDao) -> None:
    owners = [AccountId(f"user{number}") for number in range(feeds.batch_size)]
    assert feeds.put(owners, reference_of(1)) == []
    for owner in owners:
        assert feeds.page(owner, PageRequest(10), BEGINNING) == [reference_of(1)]


def test_a_reference_put_twice_is_there_once(feeds: FeedDao) -> None:
    feeds.put([BOB], reference_of(1))
    feeds.put([BOB], reference_of(1))
    assert feeds.page(BOB, PageRequest(10), BEGINNING) == [reference_of(1)]


def test_only_what_was_posted_since_is_on_a_page(feeds: FeedDao) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [
        f"{to_microseconds(moment) + number:016x}{'f' * 16 if number < 0 else '0' * 16}"
        for number in (-2, -1, 0, 1, 2)
    ]
    for status_id in ids:
        feeds.put([BOB], Reference(status_id, ANN))
    found = [each.status_id for each in feeds.page(BOB, PageRequest(10), moment)]
    assert found == [ids[4], ids[3], ids[2]]
    for position, behind in ((ids[4], [ids[3], ids[2]]), (ids[2], []), (ids[0], [])):
        page = feeds.page(BOB, PageRequest(10, position), moment)
        assert [each.status_id for each in page] == behind


def test_references_are_removed_from_one_feed_only(feeds: FeedDao) -> None:
    for number in (1, 2):
        feeds.put([ANN, BOB], reference_of(number))
    assert set(feeds.some_of(BOB)) == {reference_of(1).status_id, reference_of(2).status_id}
    assert feeds.remove_some(BOB, [reference_of(n).status_id for n in (1, 3)]) == 0
    assert feeds.page(BOB, PageRequest(10), BEGINNING) == [reference_of(2)]
    assert len(feeds.page(ANN, PageRequest(10), BEGINNING)) == 2


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
    while page := feeds.page(BOB, PageRequest(size, position), BEGINNING):
        assert len(page) <= size
        seen += page
        position = page[-1].position
    assert seen == [reference_of(number) for number in range(7, 0, -1)]


def plan_of(number: int, **fields: Any) -> Plan:
    return replace(
        Plan(
            status_id=f"{number:032x}",
            author_id=ANN,
            followers=1_000,
            promised=True,
            started_at=NOW,
        ),
        **fields,
    )


def test_an_empty_line_holds_nobody(line: Line) -> None:
    assert line.all() == []
    assert line.find(plan_of(1).status_id) is None


def test_whoever_joins_the_line_stands_in_it_in_the_order_of_posting(line: Line) -> None:
    plans = [plan_of(number, promised=number != 2) for number in (3, 1, 2)]
    for plan in plans:
        line.join(plan)
    assert line.all() == [plans[1], plans[2], plans[0]]
    assert line.find(plans[0].status_id) == plans[0]


def test_nobody_stands_in_the_line_twice(line: Line) -> None:
    line.join(plan_of(1))
    with pytest.raises(AlreadyExists):
        line.join(plan_of(1, followers=5))
    assert line.all() == [plan_of(1)]


def test_a_plan_is_advanced_step_by_step(line: Line) -> None:
    first = plan_of(1)
    second = replace(first, position="current:bob", next_chunk=5, planned=500)
    third = replace(second, position="former:", next_chunk=6, planned=510)
    line.join(first)
    line.advance(first, second)
    assert line.find(first.status_id) == second
    line.advance(second, third)
    assert line.all() == [third]


def test_a_plan_keeps_the_id_of_the_request_that_it_is_due_to(line: Line) -> None:
    plan = plan_of(1, request_id="4f2c8f6e-7a56-4b0c-9d0b-3c1f4e1d2a11")
    line.join(plan)
    line.advance(plan, replace(plan, next_chunk=1))
    assert line.all() == [replace(plan, next_chunk=1)]


def test_of_two_runs_that_advance_the_same_plan_one_is_refused(line: Line) -> None:
    first, second = plan_of(1), plan_of(1, position="current:bob", next_chunk=5)
    line.join(first)
    line.advance(first, second)
    with pytest.raises(Outdated):
        line.advance(first, plan_of(1, position="current:cid", next_chunk=9))
    assert line.all() == [second]


def test_a_step_that_found_no_chunk_is_still_advanced_once(line: Line) -> None:
    first, second = plan_of(1, position="current:bob"), plan_of(1, position="former:")
    line.join(first)
    line.advance(first, second)
    with pytest.raises(Outdated):
        line.advance(first, second)


def test_whoever_leaves_the_line_is_gone_and_can_not_be_advanced(line: Line) -> None:
    first, other = plan_of(1), plan_of(2)
    line.join(first)
    line.join(other)
    line.leave(first)
    assert line.all() == [other]
    with pytest.raises(Outdated):
        line.advance(first, plan_of(1, position="current:bob"))
    with pytest.raises(Outdated):
        line.leave(first)
    assert line.all() == [other]


def test_a_plan_that_has_gone_on_is_not_taken_out_of_the_line(line: Line) -> None:
    first, second = plan_of(1), plan_of(1, position="current:bob", next_chunk=5)
    line.join(first)
    line.advance(first, second)
    with pytest.raises(Outdated):
        line.leave(first)
    assert line.all() == [second]


def test_an_outline_is_kept_beside_the_progress(deliveries: DeliveryDao) -> None:
    deliveries.finish(chunk_of(0), NOW)
    deliveries.put_outline(STATUS_ID, Outline(150, 2, NOW, 3))
    deliveries.finish(chunk_of(1, size=50), LATER)
    assert deliveries.find(STATUS_ID) == (
        Outline(150, 2, NOW, 3),
        Progress(150, LATER, frozenset({Piece(0, 0, 1), Piece(1, 1, 2)})),
    )


def test_an_outline_of_nobody_is_an_outline(deliveries: DeliveryDao) -> None:
    deliveries.put_outline(STATUS_ID, Outline(0, 0, NOW))
    assert deliveries.find(STATUS_ID) == (Outline(0, 0, NOW), Progress(0, None))


def test_an_outline_that_comes_twice_changes_nothing_else(deliveries: DeliveryDao) -> None:
    deliveries.finish(chunk_of(0), NOW)
    deliveries.put_outline(STATUS_ID, Outline(100, 1, NOW))
    deliveries.put_outline(STATUS_ID, Outline(100, 1, NOW))
    assert deliveries.find(STATUS_ID) == (
        Outline(100, 1, NOW),
        Progress(100, NOW, frozenset({Piece(0, 0, 1)})),
    )


def test_each_chunk_counts_once(deliveries: DeliveryDao) -> None:
    assert deliveries.find(STATUS_ID) == (None, Progress(0, None))
    assert not deliveries.is_finished(STATUS_ID, 0)
    for number in (0, 3, 0, 3, 3):
        deliveries.finish(chunk_of(number), NOW)
    assert deliveries.find(STATUS_ID)[1] == Progress(
        200, NOW, frozenset({Piece(0, 0, 1), Piece(3, 3, 4)})
    )
    assert deliveries.is_finished(STATUS_ID, 3)
    assert not deliveries.is_finished(STATUS_ID, 1)


def test_progress_adds_up_over_any_number_of_chunks(deliveries: DeliveryDao) -> None:
    for number in range(0, 1_000, 37):
        deliveries.finish(chunk_of(number, size=10), NOW)
    progress = deliveries.find(STATUS_ID)[1]
    assert {piece.number for piece in progress.finished} == set(range(0, 1_000, 37))
    assert progress.delivered == len(range(0, 1_000, 37)) * 10
    assert deliveries.is_finished(STATUS_ID, 37 * 20)
    assert not deliveries.is_finished(STATUS_ID, 37 * 20 + 1)


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
