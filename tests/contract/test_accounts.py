"""What every store of accounts and sessions must do."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.dao import DynamoAccountDao, DynamoSessionDao
from accounts.entities import Account, AccountId, Session, new_account
from accounts.interfaces import AccountChange, AccountDao, SessionDao
from tests.lists import assert_whole
from tests.security.damage import damage
from tweeter.limits import NONE_YET, Tally
from tweeter.store import AlreadyExists, Missing, Outdated

NOW = datetime(2126, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
EVERYTHING: dict[str, Any] = {
    "picture_key": "avatars/x.webp",
    "last_status_id": "0006612e128ef4a83d212872217a7ebc",
    "followers_count": 1,
    "following_count": 2,
    "statuses_count": 3,
    "posting": Tally(window=3_600, count=4),
}
"""A value for each field of an account that may be empty."""
BARE = (None, "", 0, NONE_YET)
CHANGES: dict[str, Any] = {
    "name": "Anna",
    "picture_key": "avatars/y.webp",
    "password_hash": "hash 2",
}
"""Another value for each field of an account that may be changed."""

pytestmark = pytest.mark.usefixtures("aws")


def account_of(alias: str) -> Account:
    return new_account(
        alias,
        name=f"{alias} Ünïcode 🦆",
        password_hash="hash 1",
        story_tag=alias.encode().hex().ljust(16, "0")[:16],
        created_at=NOW,
    )


def session_of(account: Account, token_hash: str = "t1") -> Session:
    return Session(
        account_id=account.id,
        token_hash=token_hash,
        credentials_version=account.credentials_version,
        used_at=NOW,
        expires_at=datetime(2126, 5, 4, 4, tzinfo=UTC),
    )


@pytest.fixture
def accounts() -> AccountDao:
    return DynamoAccountDao()


@pytest.fixture
def sessions() -> SessionDao:
    return DynamoSessionDao()


@pytest.fixture
def ann(accounts: AccountDao) -> Account:
    ann = account_of("Ann")
    accounts.put_with_session(ann, session_of(ann))
    return ann


def test_an_account_comes_back_as_it_was_put(accounts: AccountDao) -> None:
    whole = replace(account_of("Ann"), **EVERYTHING)
    bare = [each.name for each in fields(Account) if getattr(whole, each.name) in BARE]
    assert not bare, f"Add to EVERYTHING in tests/contract/test_accounts.py: {', '.join(bare)}"
    for account in (whole, account_of("Bob")):
        accounts.put_with_session(account, session_of(account))
        assert accounts.find(account.id) == account


def test_an_unknown_account_is_none(accounts: AccountDao) -> None:
    assert accounts.find(AccountId("nobody")) is None


def test_an_account_is_created_once_and_never_overwritten(
    accounts: AccountDao, sessions: SessionDao, ann: Account
) -> None:
    with pytest.raises(AlreadyExists):
        accounts.put_with_session(replace(ann, name="other"), session_of(ann, "t2"))
    assert accounts.find(ann.id) == ann
    assert sessions.find_with_account(ann.id, "t2") is None


def test_many_accounts_are_found_at_once_whatever_is_asked_for(
    accounts: AccountDao, ann: Account
) -> None:
    others = [account_of(f"user{number}") for number in range(120)]
    for other in others:
        accounts.put_with_session(other, session_of(other))
    ids = [other.id for other in others]
    found = accounts.find_many([*ids, ann.id, ann.id, AccountId("nobody")])
    assert set(found) == {*ids, ann.id}
    assert found[ann.id] == ann
    assert accounts.find_many([]) == {}


def test_an_id_is_taken_by_an_account_whatever_has_become_of_it(accounts: AccountDao) -> None:
    in_use, closed, incomplete, unreadable = (account_of(f"user{number}") for number in range(4))
    for account in (in_use, closed, incomplete, unreadable):
        accounts.put_with_session(account, session_of(account))
    accounts.close(closed, NOW)
    damage("accounts", {"account_id": incomplete.id}, {"name": None})
    damage("accounts", {"account_id": unreadable.id}, {"name": {"N": "1"}})
    ids = {account_of(f"user{number}").id for number in range(120)}
    assert accounts.taken(ids) == {in_use.id, closed.id, incomplete.id, unreadable.id}
    assert accounts.taken([]) == frozenset()


def test_a_change_leaves_everything_else_as_it_is(accounts: AccountDao, ann: Account) -> None:
    changeable = [each.name for each in fields(AccountChange)]
    assert_whole(CHANGES, changeable, "CHANGES in tests/contract/test_accounts.py")
    for name, value in CHANGES.items():
        before = accounts.find(ann.id)
        assert before
        changed = accounts.change(before, AccountChange(**{name: value}), session_of(before))
        version = before.credentials_version + (name == "password_hash")
        assert changed == replace(before, **{name: value}, credentials_version=version)
        assert changed == accounts.find(ann.id)


def test_all_of_an_account_is_changed_at_once(accounts: AccountDao, ann: Account) -> None:
    changed = accounts.change(ann, AccountChange(**CHANGES), session_of(ann))
    assert changed == replace(ann, **CHANGES, credentials_version=2)
    assert changed == accounts.find(ann.id)


def test_a_new_password_keeps_the_session_it_was_set_from_and_outdates_the_others(
    accounts: AccountDao, sessions: SessionDao, ann: Account
) -> None:
    sessions.put(session_of(ann, "t2"))
    change = AccountChange(password_hash="hash 2", picture_key="p")
    changed = accounts.change(ann, change, session_of(ann))
    assert (changed.password_hash, changed.credentials_version) == ("hash 2", 2)
    assert changed.picture_key == "p"
    own = sessions.find_with_account(ann.id, "t1")
    other = sessions.find_with_account(ann.id, "t2")
    assert own is not None
    assert other is not None
    assert (own[0].credentials_version, other[0].credentials_version) == (2, 1)


def test_a_password_is_not_set_by_someone_who_read_an_older_one(
    accounts: AccountDao, ann: Account
) -> None:
    accounts.change(ann, AccountChange(password_hash="hash 2"), session_of(ann))
    with pytest.raises(Outdated):
        accounts.change(ann, AccountChange(password_hash="hash 3"), session_of(ann))


def test_a_picture_is_not_set_by_someone_who_read_an_older_one(
    accounts: AccountDao, ann: Account
) -> None:
    second = accounts.change(ann, AccountChange(picture_key="p2"), session_of(ann))
    for late in (AccountChange(picture_key="p1"), AccountChange(password_hash="hash 2")):
        with pytest.raises(Outdated):
            accounts.change(ann, late, session_of(ann))
    third = accounts.change(second, AccountChange(picture_key="p3"), session_of(ann))
    assert (third.picture_key, third.credentials_version) == ("p3", 1)


def test_an_account_that_is_gone_can_not_be_changed(accounts: AccountDao) -> None:
    nobody = account_of("nobody")
    for name, value in CHANGES.items():
        with pytest.raises(Outdated):
            accounts.change(nobody, AccountChange(**{name: value}), session_of(nobody))
    assert accounts.find(nobody.id) is None


def test_no_password_is_set_from_a_session_that_is_gone(
    accounts: AccountDao, sessions: SessionDao, ann: Account
) -> None:
    sessions.delete(session_of(ann))
    with pytest.raises(Missing):
        accounts.change(ann, AccountChange(password_hash="hash 2"), session_of(ann))
    assert accounts.find(ann.id) == ann


def test_rehashing_never_undoes_a_change_of_password(accounts: AccountDao, ann: Account) -> None:
    accounts.rehash(ann, "hash 1, slower")
    found = accounts.find(ann.id)
    assert found is not None
    assert (found.password_hash, found.credentials_version) == ("hash 1, slower", 1)
    accounts.rehash(ann, "of a password long gone")
    assert accounts.find(ann.id) == found


def test_a_session_is_found_with_its_account(sessions: SessionDao, ann: Account) -> None:
    assert sessions.find_with_account(ann.id, "t1") == (session_of(ann), ann)
    assert sessions.find_with_account(ann.id, "t2") is None
    assert sessions.find_with_account(AccountId("nobody"), "t1") is None


def test_no_session_begins_with_a_password_that_has_changed_meanwhile(
    accounts: AccountDao, sessions: SessionDao, ann: Account
) -> None:
    accounts.change(ann, AccountChange(password_hash="hash 2"), session_of(ann))
    with pytest.raises(Outdated):
        sessions.put(session_of(ann, "t2"))
    assert sessions.find_with_account(ann.id, "t2") is None


def test_a_renewed_session_has_its_new_times(sessions: SessionDao, ann: Account) -> None:
    renewed = replace(
        session_of(ann),
        used_at=NOW + timedelta(minutes=5),
        expires_at=datetime(2126, 5, 4, 5, tzinfo=UTC),
    )
    sessions.renew(renewed)
    found = sessions.find_with_account(ann.id, "t1")
    assert found is not None
    assert found[0] == renewed


def test_renewing_does_not_bring_a_session_back(sessions: SessionDao, ann: Account) -> None:
    sessions.delete(session_of(ann))
    sessions.renew(session_of(ann))
    sessions.delete(session_of(ann))
    assert sessions.find_with_account(ann.id, "t1") is None
