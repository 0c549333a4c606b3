"""Accounts on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute, NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from accounts.dao.items import (
    IS_OPEN,
    account_item,
    closed_account_of,
    open_account_of,
    open_accounts_of,
    session_item,
)
from accounts.entities import Account, AccountId, ClosedAccount, Session
from accounts.interfaces import AccountChange
from accounts.models import AccountModel, SessionModel
from tweeter.clock import to_microseconds
from tweeter.dynamodb import (
    ConditionsFailed,
    batch_get,
    keys_in_use,
    made_out,
    store_errors,
    transact,
    transact_update,
)
from tweeter.store import AlreadyExists, Missing, Outdated

_COUNTS: tuple[NumberAttribute, ...] = (
    AccountModel.followers_count,
    AccountModel.following_count,
    AccountModel.statuses_count,
)
"""What transactions that take away the follows and statuses of an account count down, closed or
not: they go with the last of these."""


class DynamoAccountDao:
    """An `AccountDao` on the accounts table."""

    def find(self, account_id: AccountId) -> Account | None:
        try:
            with store_errors():
                item = AccountModel.get(account_id, consistent_read=True)
        except AccountModel.DoesNotExist:
            return None
        return made_out(open_account_of, item, item.key())

    def find_many(self, account_ids: Iterable[AccountId]) -> Mapping[AccountId, Account]:
        found = batch_get({AccountModel: [(account_id,) for account_id in account_ids]})
        return open_accounts_of(found[AccountModel].values())

    def taken(self, account_ids: Iterable[AccountId]) -> frozenset[AccountId]:
        keys = keys_in_use(AccountModel, [(account_id,) for account_id in account_ids])
        return frozenset(AccountId(account_id) for (account_id,) in keys)

    def put_with_session(self, account: Account, session: Session) -> None:
        def build(transaction: TransactWrite) -> None:
            now = int(account.created_at.timestamp())
            is_free = AccountModel.account_id.does_not_exist() | (AccountModel.expires_at < now)
            transaction.save(account_item(account), is_free)
            transaction.save(session_item(session))

        try:
            transact(build)
        except ConditionsFailed as error:
            raise AlreadyExists from error

    def change(self, account: Account, change: AccountChange, session: Session) -> Account:
        actions: list[Action] = []
        if change.name is not None:
            actions.append(AccountModel.name.set(change.name))
        if change.picture_key is not None:
            actions.append(AccountModel.picture_key.set(change.picture_key))
        version = account.credentials_version
        if change.password_hash is None:
            self._update(account, change, actions)
        else:
            self._change_password(account, change.password_hash, session, actions)
            version += 1
        # Not read again: it is changed by now, whether or not that could be read.
        given = {name: value for name, value in asdict(change).items() if value is not None}
        return replace(account, **given, credentials_version=version)

    def close(self, account: Account, at: datetime) -> None:
        removals = (attribute.remove() for attribute in _gone_when_closed())
        actions = [AccountModel.closed_at.set(to_microseconds(at)), *removals]
        unchanged = AccountModel.credentials_version == account.credentials_version
        try:
            transact_update(AccountModel(account.id), actions, unchanged & IS_OPEN)
        except ConditionsFailed as error:
            raise Outdated from error

    def find_closed(self, account_id: AccountId) -> ClosedAccount | None:
        try:
            with store_errors():
                item = AccountModel.get(account_id, consistent_read=True)
        except AccountModel.DoesNotExist:
            return None
        return made_out(closed_account_of, item, item.key())

    def release(self, closed: ClosedAccount, at: datetime) -> None:
        actions = [
            AccountModel.expires_at.set(int(at.timestamp())),
            AccountModel.picture_key.remove(),
            *(count.remove() for count in _COUNTS),
        ]
        is_same = AccountModel.closed_at == to_microseconds(closed.closed_at)
        with suppress(ConditionsFailed):
            transact_update(AccountModel(closed.id), actions, is_same)

    def rehash(self, account: Account, password_hash: str) -> None:
        actions = [AccountModel.password_hash.set(password_hash)]
        unchanged = AccountModel.password_hash == account.password_hash
        with suppress(ConditionsFailed):
            transact_update(AccountModel(account.id), actions, unchanged)

    def _update(self, account: Account, change: AccountChange, actions: list[Action]) -> None:
        condition = AccountModel.account_id.exists() & IS_OPEN
        if change.picture_key is not None:
            condition &= _has_picture(account.picture_key)
        try:
            transact_update(AccountModel(account.id), actions, condition)
        except ConditionsFailed as error:
            raise Outdated from error

    def _change_password(
        self, account: Account, password_hash: str, session: Session, actions: list[Action]
    ) -> None:
        version = account.credentials_version
        unchanged = AccountModel.credentials_version == version
        unchanged &= _has_picture(account.picture_key)

        def build(transaction: TransactWrite) -> None:
            transaction.update(
                AccountModel(account.id),
                [
                    *actions,
                    AccountModel.password_hash.set(password_hash),
                    AccountModel.credentials_version.set(version + 1),
                ],
                unchanged,
            )
            transaction.update(
                SessionModel(session.account_id, session.token_hash),
                [SessionModel.credentials_version.set(version + 1)],
                SessionModel.credentials_version == version,
            )

        try:
            transact(build)
        except ConditionsFailed as error:
            raise (Outdated if 0 in error.failed else Missing) from error


def _gone_when_closed() -> Iterable[Attribute[Any]]:
    """Return every attribute but those that a closed account needs: a new one goes with the rest
    until somebody decides otherwise."""
    kept = {
        AccountModel.account_id.attr_name,  # the alias, which stays taken
        AccountModel.story_tag.attr_name,  # which statuses to remove, and whose removal is meant
        AccountModel.picture_key.attr_name,  # which picture to delete, whatever becomes of messages
        AccountModel.closed_at.attr_name,  # it is closed, and since when its alias is held
        *(count.attr_name for count in _COUNTS),
    }
    return [
        attribute
        for attribute in AccountModel.get_attributes().values()
        if attribute.attr_name not in kept
    ]


def _has_picture(key: str | None) -> Condition:
    """Return the condition that an account has this picture, or none.

    So a change that was decided before another one does not bring back a picture which that one
    has deleted.
    """
    if key is None:
        return AccountModel.picture_key.does_not_exist()
    has_it: Condition = AccountModel.picture_key == key
    return has_it
