"""Many accounts and follows at once on DynamoDB, for seeding."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from accounts.dao.items import account_item, follow_items, roster_of
from accounts.entities import Account, AccountId, Follow
from accounts.interfaces import Roster
from accounts.models import FollowModel
from tweeter.backoff import backoff
from tweeter.dynamodb import BATCH_WRITE_LIMIT, Table, batch_get, put_batch
from tweeter.errors import Unavailable

_FRUITLESS_TRIES = 12
"""How often a batch of which nothing got through is sent again: about half a minute in all."""


class DynamoCrowdDao:
    """Writes by BatchWriteItem, sending again what the tables had no capacity for.

    `put` sends up to 25 items and returns the positions of those left; `sleep` takes seconds.
    """

    def __init__(
        self,
        *,
        put: Callable[[Sequence[Table]], list[int]] = put_batch,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._put = put
        self._sleep = sleep

    def put_accounts(self, accounts: Sequence[Account]) -> None:
        self._put_all([account_item(account) for account in accounts])

    def put_follows(self, follows: Sequence[Follow], at: datetime) -> None:
        self._put_all([item for follow in follows for item in follow_items(follow, at)])

    def followers_among(
        self, followee: AccountId, candidates: Collection[AccountId]
    ) -> frozenset[AccountId]:
        roster = roster_of(followee, Roster.FOLLOWERS)
        found = batch_get({FollowModel: [(roster, candidate) for candidate in candidates]})
        return frozenset(AccountId(member) for _, member in found[FollowModel])

    def _put_all(self, items: Sequence[Table]) -> None:
        for start in range(0, len(items), BATCH_WRITE_LIMIT):
            self._put_batch(items[start : start + BATCH_WRITE_LIMIT])

    def _put_batch(self, items: Sequence[Table]) -> None:
        """Send a batch until all of it is stored; Unavailable when there is no more progress."""
        fruitless = 0
        pauses = backoff(base=0.05, cap=5.0)
        while True:
            left = self._put(items)
            if not left:
                return
            fruitless = fruitless + 1 if len(left) == len(items) else 0
            if fruitless == _FRUITLESS_TRIES:
                message = "The store has had no write capacity for long; try again later."
                raise Unavailable(message)
            items = [items[position] for position in left]
            self._sleep(next(pauses))
