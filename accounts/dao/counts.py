"""All accounts and their counts on DynamoDB, for checking the counts."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.exceptions import UpdateError

from accounts.dao.items import open_account_of, roster_of
from accounts.entities import Account, AccountId
from accounts.interfaces import Roster
from accounts.models import AccountModel, FollowModel
from tweeter.dynamodb import condition_failed, count_items, store_errors, undamaged
from tweeter.store import Outdated


class DynamoCountsDao:
    """A `CountsDao` on the accounts table."""

    def page_of_accounts(
        self, position: str | None, limit: int
    ) -> tuple[Sequence[Account], str | None]:
        start = None if position is None else {"account_id": {"S": position}}
        with store_errors():
            found = AccountModel.scan(
                limit=limit, page_size=limit, last_evaluated_key=start, consistent_read=True
            )
            accounts = undamaged(found, open_account_of)
            behind = found.last_evaluated_key
        return accounts, behind["account_id"]["S"] if behind else None

    def count_members(self, owner: AccountId, roster: Roster) -> int:
        return count_items(FollowModel, roster_of(owner, roster))

    def correct(self, seen: Account, true: Account) -> None:
        unchanged = (
            (AccountModel.followers_count == seen.followers_count)
            & (AccountModel.following_count == seen.following_count)
            & (AccountModel.statuses_count == seen.statuses_count)
            & (AccountModel.last_status_id == seen.last_status_id)
        )
        try:
            with store_errors():
                AccountModel(seen.id).update(
                    [
                        AccountModel.followers_count.set(true.followers_count),
                        AccountModel.following_count.set(true.following_count),
                        AccountModel.statuses_count.set(true.statuses_count),
                    ],
                    unchanged,
                )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            raise Outdated from error
