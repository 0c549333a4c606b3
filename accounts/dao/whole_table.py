"""All accounts on DynamoDB, a page at a time: for commands, since no request reads them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from accounts.dao.items import closed_account_of, open_account_of
from accounts.entities import Account, ClosedAccount
from accounts.models import AccountModel
from tweeter.dynamodb import store_errors, undamaged

T = TypeVar("T")


def page_of_accounts(position: str | None, limit: int) -> tuple[Sequence[Account], str | None]:
    """Return those of the next `limit` items that are accounts in use, and where to go on."""
    return _page(open_account_of, position, limit)


class DynamoUnfinishedDao:
    """An `UnfinishedDao` on the accounts table."""

    def page(self, position: str | None, limit: int) -> tuple[Sequence[ClosedAccount], str | None]:
        return _page(_unfinished, position, limit)


def _unfinished(item: AccountModel) -> ClosedAccount | None:
    is_released = "expires_at" in item.attribute_values
    return None if is_released else closed_account_of(item)


def _page(
    read: Callable[[AccountModel], T | None], position: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    start = None if position is None else {"account_id": {"S": position}}
    with store_errors():
        found = AccountModel.scan(
            limit=limit, page_size=limit, last_evaluated_key=start, consistent_read=True
        )
        accounts = undamaged(found, read)
        behind = found.last_evaluated_key
    return accounts, behind["account_id"]["S"] if behind else None
