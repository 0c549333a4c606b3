"""Sessions on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.exceptions import UpdateError
from pynamodb.transactions import TransactWrite

from accounts.dao.items import open_account_of, session_item, session_of
from accounts.entities import Account, AccountId, Session
from accounts.models import AccountModel, SessionModel
from tweeter.dynamodb import (
    ConditionsFailed,
    batch_get,
    condition_failed,
    delete_some,
    store_errors,
    transact,
    undamaged,
    unless_damaged,
)
from tweeter.store import Outdated


class DynamoSessionDao:
    """A `SessionDao` on the sessions table."""

    def find_with_account(
        self, account_id: AccountId, token_hash: str
    ) -> tuple[Session, Account] | None:
        found = _read(account_id, token_hash)
        if found and found[0].credentials_version != found[1].credentials_version:
            # The two are not read at the same moment: this session may have changed the password
            # in between, above all where one was read later for want of capacity.
            return _read(account_id, token_hash)
        return found

    def put(self, session: Session) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.condition_check(
                AccountModel,
                session.account_id,
                condition=AccountModel.credentials_version == session.credentials_version,
            )
            transaction.save(session_item(session))

        try:
            transact(build)
        except ConditionsFailed as error:
            raise Outdated from error

    def renew(self, session: Session) -> None:
        item = session_item(session)
        try:
            with store_errors():
                SessionModel(session.account_id, session.token_hash).update(
                    [
                        SessionModel.used_at.set(item.used_at),
                        SessionModel.expires_at.set(item.expires_at),
                    ],
                    SessionModel.token_hash.exists(),  # a session signed out stays dead
                )
        except UpdateError as error:
            if not condition_failed(error):
                raise

    def delete(self, session: Session) -> None:
        # Others are on its item where the password is changed: see `transact_update`.
        item = SessionModel(session.account_id, session.token_hash)
        transact(lambda transaction: transaction.delete(item))

    def all_of(self, account_id: AccountId) -> Sequence[Session]:
        with store_errors():
            return undamaged(SessionModel.query(account_id, consistent_read=True), session_of)

    def delete_some(self, account_id: AccountId) -> bool:
        return delete_some(SessionModel, account_id)


def _read(account_id: AccountId, token_hash: str) -> tuple[Session, Account] | None:
    session_key, account_key = (account_id, token_hash), (account_id,)
    found = batch_get({SessionModel: [session_key], AccountModel: [account_key]})
    session = found[SessionModel].get(session_key)
    account = found[AccountModel].get(account_key)
    if session is None or account is None:
        return None
    begun = unless_damaged(session_of, session, session.key())
    in_use = unless_damaged(open_account_of, account, account.key())
    return (begun, in_use) if begun and in_use else None
