"""A feed is removed within the capacity that nobody waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from accounts.entities import AccountId, ClosedAccount
from feeds.interfaces import FeedDao
from feeds.removal import FeedRemover
from tests.feeds.desk import Desk

ANN, BOB = AccountId("ann"), AccountId("bob")
CLOSED = ClosedAccount(id=ANN, story_tag="0" * 16, closed_at=datetime(2026, 1, 1, tzinfo=UTC))


class Feed:
    """The feed of the closed account, in a table that may refuse."""

    batch_size = 25

    def __init__(self, size: int) -> None:
        self.entries = [f"{number:032x}" for number in range(size)]
        self.refuses = 0

    def some_of(self, owner: AccountId) -> Sequence[str]:
        assert owner == ANN
        return self.entries[: self.batch_size]

    def remove_some(self, owner: AccountId, status_ids: Sequence[str]) -> int:
        assert owner == ANN
        taken = len(status_ids) - self.refuses
        self.entries = [each for each in self.entries if each not in status_ids[:taken]]
        return self.refuses


def remover(desk: Desk, feed: Feed) -> FeedRemover:
    return FeedRemover(
        feeds=cast("FeedDao", feed), line=desk.line, pacer=desk.pacer, sleep=desk.clock.advance
    )


def test_it_takes_as_long_as_the_capacity_takes() -> None:
    desk, feed = Desk(), Feed(1_000)
    remove, begun = remover(desk, feed), desk.clock.seconds()
    while remove.remove_some(CLOSED) is not None:
        assert desk.budget.given_until <= desk.clock.seconds() + 1e-6
    assert feed.entries == []
    assert round(desk.clock.seconds() - begun, 3) == 10.0, "1,000 entries at 100 WCU"


def test_saved_capacity_is_used_when_it_is_there() -> None:
    desk, feed = Desk(), Feed(1_000)
    desk.clock.advance(60)
    remove, begun = remover(desk, feed), desk.clock.seconds()
    while remove.remove_some(CLOSED) is not None:
        pass
    assert desk.clock.seconds() - begun < 1.0


def test_it_gives_way_to_fan_outs_in_line() -> None:
    desk, feed = Desk(), Feed(50)
    desk.change_budget(replace(desk.budget, open_to_small=False))
    assert remover(desk, feed).remove_some(CLOSED) == 30.0
    desk.change_budget(replace(desk.budget, open_to_small=True))
    desk.give_ahead(2.0)
    assert remover(desk, feed).remove_some(CLOSED) == 30.0
    assert len(feed.entries) == 50


def test_what_the_table_refuses_is_tried_again_later_and_takes_its_capacity_then() -> None:
    desk, feed = Desk(), Feed(25)
    desk.change_budget(replace(desk.budget, saved=500))
    feed.refuses = 5
    assert remover(desk, feed).remove_some(CLOSED) == 30.0
    assert len(feed.entries) == 5
    assert desk.budget.saved == 0
    assert desk.budget.given_until <= desk.clock.seconds(), "nothing is given away twice"


def test_only_fan_outs_of_older_statuses_may_still_add_to_it() -> None:
    desk = Desk()
    remove = remover(desk, Feed(0))
    assert not remove.are_due(desk.clock())
    desk.join(5_000)
    assert remove.are_due(desk.clock() + timedelta(seconds=1))
    assert not remove.are_due(desk.clock() - timedelta(seconds=1))
