"""The removal of closed accounts, which takes every app."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.wiring.accounts import picture_service
from tweeter.wiring.feeds import pacer
from tweeter.wiring.queues import account_chores
from tweeter.wiring.statuses import status_service

if TYPE_CHECKING:
    from accounts.services import AccountRemover


@cache
def account_remover() -> AccountRemover:
    """Return the removal of closed accounts."""
    from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
    from accounts.services import AccountRemover, FollowsAndSessions
    from feeds.dao import DynamoFeedDao, DynamoLine
    from feeds.removal import FeedRemover

    feeds = FeedRemover(feeds=DynamoFeedDao(), line=DynamoLine(), pacer=pacer(), sleep=time.sleep)
    beside = FollowsAndSessions(follows=DynamoFollowDao(), sessions=DynamoSessionDao())
    return AccountRemover(
        accounts=DynamoAccountDao(),
        pictures=picture_service(),
        belongings=[beside, status_service(), feeds],
        arrivals=feeds,
        chores=account_chores(),
        clock=system_clock,
    )
