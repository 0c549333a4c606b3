"""All accounts and their counts on DynamoDB, for checking the counts."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.dao.items import roster_of
from accounts.dao.whole_table import page_of_accounts
from accounts.entities import Account, AccountId
from accounts.interfaces import Roster
from accounts.models import AccountModel, FollowModel
from tweeter.dynamodb import ConditionsFailed, count_items, transact_update
from tweeter.store import Outdated


class DynamoCountsDao:
    """A `CountsDao` on the accounts table."""

    def page_of_accounts(
        self, position: str | None, limit: int
    ) -> tuple[Sequence[Account], str | None]:
        return page_of_accounts(position, limit)

    def count_members(self, owner: AccountId, roster: Roster) -> int:
        return count_items(FollowModel, roster_of(owner, roster))

    def correct(self, seen: Account, true: Account) -> None:
        unchanged = (
            (AccountModel.followers_count == seen.followers_count)
            & (AccountModel.following_count == seen.following_count)
            & (AccountModel.statuses_count == seen.statuses_count)
            & (AccountModel.last_status_id == seen.last_status_id)
        )
        actions = [
            AccountModel.followers_count.set(true.followers_count),
            AccountModel.following_count.set(true.following_count),
            AccountModel.statuses_count.set(true.statuses_count),
        ]
        try:
            transact_update(AccountModel(seen.id), actions, unchanged)
        except ConditionsFailed as error:
            raise Outdated from error
