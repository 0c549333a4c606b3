"""The feed writer: every owner once, whatever the table has room for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.entities import AccountId
from feeds.chunk_writer import ChunkWriter
from feeds.entities import Chunk
from feeds.interfaces import DeliveryDao, FeedDao
from feeds.pacing import LeakyBucketPacer
from statuses.entities import Status
from statuses.interfaces import StatusDao
from tests.feeds.fakes import FakeCapacity, FakeClock, FakeLedger, FakeQueue, ThrottlingFeeds

AUTHOR = AccountId("ann")
STATUS_ID = "0" * 31 + "1"


@dataclass
class OneStatus:
    """Statuses of which there is one, until it is deleted."""

    there: bool = True

    def find(self, status_id: str) -> Status | None:
        if not self.there:
            return None
        return Status(
            id=status_id,
            author_id=AUTHOR,
            text="hello",
            mentions=(),
            links=(),
            followers=1,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


@dataclass
class FinishedChunks:
    """Deliveries that know only which chunks are finished."""

    numbers: set[int] = field(default_factory=set)

    def is_finished(self, status_id: str, chunk: int) -> bool:
        return chunk in self.numbers

    def finish(self, chunk: Chunk, at: datetime) -> None:
        self.numbers.add(chunk.number)


class Desk:
    """A writer with everything around it in sight."""

    def __init__(self, takes: list[int] | None = None) -> None:
        self.clock = FakeClock()
        self.feeds = ThrottlingFeeds(takes or [])
        self.statuses = OneStatus()
        self.deliveries = FinishedChunks()
        self.queue = FakeQueue()
        self.writer = ChunkWriter(
            statuses=cast("StatusDao", self.statuses),
            feeds=cast("FeedDao", self.feeds),
            deliveries=cast("DeliveryDao", self.deliveries),
            chunks=self.queue,
            pacer=LeakyBucketPacer(
                ledger=FakeLedger(), capacity=FakeCapacity(), seconds_now=self.clock.seconds
            ),
            clock=self.clock,
            pauses=self._pauses,
            sleep=self._sleep,
        )

    def _pauses(self) -> Iterator[float]:
        return repeat(0.1)

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


def chunk_of(size: int) -> Chunk:
    owners = tuple(AccountId(f"user{number}") for number in range(size))
    return Chunk(STATUS_ID, AUTHOR, 7, size, owners)


def test_a_chunk_is_written_whole_and_finished() -> None:
    desk = Desk()
    desk.writer.run(chunk_of(60), seconds_left=30)
    assert len(desk.feeds.entries) == 60
    assert desk.deliveries.numbers == {7}
    assert desk.queue.sent == []


def test_what_the_table_leaves_is_sent_again_at_once_and_nothing_else() -> None:
    desk = Desk(takes=[20, 25, 0])
    desk.writer.run(chunk_of(50), seconds_left=30)
    assert set(desk.feeds.entries.values()) == {1}
    assert len(desk.feeds.entries) == 50


def test_a_table_without_capacity_puts_only_what_is_owed_back_in_line() -> None:
    desk = Desk(takes=[25, 5, 0, 0, 0])
    desk.writer.run(chunk_of(50), seconds_left=30)
    (rest,) = desk.queue.chunks
    assert len(rest.owners) == 20
    assert (rest.number, rest.size) == (7, 50)
    assert not desk.deliveries.numbers
    assert not {(owner, STATUS_ID) for owner in rest.owners} & set(desk.feeds.entries)


def test_the_rest_of_a_chunk_finishes_it() -> None:
    desk = Desk(takes=[0, 0, 0, 0])
    desk.writer.run(chunk_of(25), seconds_left=30)
    desk.writer.run(desk.queue.chunks[0], seconds_left=30)
    assert desk.deliveries.numbers == {7}
    assert len(desk.feeds.entries) == 25


def test_a_run_that_ends_soon_hands_back_what_it_has_no_time_for() -> None:
    desk = Desk()
    desk.writer.run(chunk_of(50), seconds_left=4)
    assert desk.feeds.entries == {}
    assert len(desk.queue.chunks[0].owners) == 50


def test_a_finished_chunk_is_not_written_again() -> None:
    desk = Desk()
    desk.deliveries.numbers.add(7)
    desk.writer.run(chunk_of(50), seconds_left=30)
    assert desk.feeds.entries == {}


def test_a_chunk_of_a_deleted_status_is_dropped() -> None:
    desk = Desk()
    desk.statuses.there = False
    desk.writer.run(chunk_of(50), seconds_left=30)
    assert desk.feeds.entries == {}
    assert desk.queue.sent == []


@pytest.mark.parametrize("size", [1, 24, 25, 26, 1_000])
@given(takes=st.lists(st.integers(0, 25), max_size=80))
def test_every_owner_gets_the_status_exactly_once_however_the_table_throttles(
    size: int, takes: list[int]
) -> None:
    desk = Desk(takes=takes)
    desk.writer.run(chunk_of(size), seconds_left=30)
    while desk.queue.sent:
        chunks, desk.queue.sent = desk.queue.chunks, []
        for chunk in chunks:
            desk.writer.run(chunk, seconds_left=30)
    assert len(desk.feeds.entries) == size
    assert set(desk.feeds.entries.values()) == {1}
    assert desk.deliveries.numbers == {7}
