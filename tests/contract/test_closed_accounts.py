"""What every store must do for an account that its owner has deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.dao.counts import DynamoCountsDao
from accounts.dao.whole_table import DynamoUnfinishedDao
from accounts.entities import Account, AccountId, ClosedAccount, Follow
from accounts.interfaces import AccountChange, AccountDao, FollowDao, Roster, SessionDao
from accounts.models import AccountModel
from bench.data_model.examples import LARGEST, serialised
from statuses.dao import DynamoStatusDao
from statuses.entities import Reference
from statuses.interfaces import StatusDao
from tests.contract.test_accounts import NOW, account_of, session_of
from tests.contract.test_statuses import put, status_of
from tests.security.damage import damage
from tweeter import aws
from tweeter.pages import PageRequest
from tweeter.store import AlreadyExists, Missing, Outdated

ANN, BOB, CID = AccountId("ann"), AccountId("bob"), AccountId("cid")
MONTH = timedelta(days=30)

pytestmark = pytest.mark.usefixtures("aws", "people")


@pytest.fixture
def accounts() -> AccountDao:
    return DynamoAccountDao()


@pytest.fixture
def follows() -> FollowDao:
    return DynamoFollowDao()


@pytest.fixture
def sessions() -> SessionDao:
    return DynamoSessionDao()


@pytest.fixture
def statuses() -> StatusDao:
    return DynamoStatusDao()


@pytest.fixture
def people(aws: None) -> None:
    for alias in ("Ann", "Bob", "Cid"):
        account = account_of(alias)
        DynamoAccountDao().put_with_session(account, session_of(account))


def close(account_id: AccountId) -> ClosedAccount:
    accounts = DynamoAccountDao()
    account = accounts.find(account_id)
    assert account is not None
    accounts.close(account, NOW)
    closed = accounts.find_closed(account_id)
    assert closed is not None
    return closed


def counts(account_id: AccountId) -> tuple[int, int]:
    account = DynamoAccountDao().find(account_id)
    assert account is not None
    return account.followers_count, account.following_count


def test_it_is_found_as_closed_only(accounts: AccountDao, sessions: SessionDao) -> None:
    assert accounts.find_closed(ANN) is None
    ann = account_of("Ann")
    assert close(ANN) == ClosedAccount(
        id=ANN, story_tag=ann.story_tag, closed_at=NOW, picture_key=ann.picture_key
    )
    assert accounts.find(ANN) is None
    assert set(accounts.find_many([ANN, BOB])) == {BOB}
    assert sessions.find_with_account(ANN, "t1") is None
    listed, _ = DynamoCountsDao().page_of_accounts(None, 10)
    assert {account.id for account in listed} == {BOB, CID}


KEPT = {
    "account_id": "the alias in lower case: nobody else gets it for 30 days",
    "story_tag": "16 random digits: which statuses to remove, and whose removal is meant",
    "closed_at": "it is closed, and since when its alias is held",
}
UNTIL_IT_IS_RELEASED = {
    "picture_key": "which picture to delete, should the removal's message be lost",
    "followers_count": "the removal of each follower counts it down",
    "following_count": "the removal of each followee does",
    "statuses_count": "a deletion that was under way may do so after it was closed",
}
WHEN_IT_IS_RELEASED = {"expires_at": "from when on somebody else may have the alias"}


def test_nothing_is_kept_of_it_without_a_reason(accounts: AccountDao) -> None:
    closed_at, expires_at = AccountModel.closed_at, AccountModel.expires_at
    largest = serialised(LARGEST[AccountModel])
    for attribute in (closed_at, expires_at):
        del largest[attribute.attr_name]
    aws.client("dynamodb").put_item(TableName=AccountModel.Meta.table_name, Item=largest)
    account_id = AccountId(largest["account_id"]["S"])
    closed = close(account_id)
    assert attributes_of(account_id) == KEPT.keys() | UNTIL_IT_IS_RELEASED.keys()
    accounts.release(closed, NOW + MONTH)
    assert attributes_of(account_id) == KEPT.keys() | WHEN_IT_IS_RELEASED.keys()


def test_the_largest_account_has_all_that_an_account_may_have() -> None:
    assert set(serialised(LARGEST[AccountModel])) == set(AccountModel.get_attributes())


def attributes_of(account_id: AccountId) -> set[str]:
    answer = aws.client("dynamodb").get_item(
        TableName=AccountModel.Meta.table_name, Key={"account_id": {"S": account_id}}
    )
    return set(answer["Item"])


def test_it_is_not_closed_twice_nor_by_an_old_password(accounts: AccountDao) -> None:
    ann = account_of("Ann")
    changed = accounts.change(ann, AccountChange(password_hash="hash 2"), session_of(ann))
    with pytest.raises(Outdated):
        accounts.close(ann, NOW)
    accounts.close(changed, NOW)
    for account in (changed, replace(changed, credentials_version=3)):
        with pytest.raises(Outdated):
            accounts.close(account, NOW)


NEW_PASSWORD = AccountChange(password_hash="hash 2")
CHANGING: list[tuple[Callable[[Account], Any], type[Exception]]] = [
    (
        lambda ann: DynamoAccountDao().change(ann, AccountChange(name="x"), session_of(ann)),
        Outdated,
    ),
    (lambda ann: DynamoAccountDao().change(ann, NEW_PASSWORD, session_of(ann)), Outdated),
    (lambda ann: DynamoSessionDao().put(session_of(ann, "t2")), Outdated),
    (lambda _: DynamoFollowDao().add(Follow(BOB, ANN, ""), NOW), Outdated),
    (lambda _: DynamoFollowDao().add(Follow(ANN, BOB, ""), NOW), Missing),
    (lambda _: put(DynamoStatusDao(), status_of()), Outdated),
]


@pytest.mark.parametrize(("change", "refusal"), CHANGING)
def test_nothing_can_be_added_to_it_any_more(
    change: Callable[[Account], Any], refusal: type[Exception]
) -> None:
    close(ANN)
    with pytest.raises(refusal):
        change(account_of("Ann"))
    assert counts(BOB) == (0, 0)
    assert DynamoSessionDao().all_of(ANN) == [session_of(account_of("Ann"))]
    assert DynamoStatusDao().page_of_story(account_of("Ann").story_tag, PageRequest(1)) == []


def test_a_follow_of_it_can_not_be_ended_any_more_but_by_its_removal(follows: FollowDao) -> None:
    follow = Follow(BOB, ANN, "")
    follows.add(follow, NOW)
    close(ANN)
    with pytest.raises(Outdated):
        follows.remove(follow, "")
    assert counts(BOB) == (0, 1)


def test_a_follow_by_it_can_still_be_ended_and_is_counted_off_once(follows: FollowDao) -> None:
    follow = Follow(ANN, BOB, "")
    follows.add(follow, NOW)
    close(ANN)
    follows.remove(follow, "")
    follows.cut(ANN, Roster.FOLLOWING, [BOB])
    assert counts(BOB) == (0, 0)


def test_its_alias_is_taken_until_it_is_released_and_that_time_has_come(
    accounts: AccountDao,
) -> None:
    closed = close(ANN)
    heir = replace(account_of("Ann"), created_at=NOW + 2 * MONTH)
    with pytest.raises(AlreadyExists):
        accounts.put_with_session(heir, session_of(heir))
    accounts.release(closed, NOW + MONTH)
    early = replace(heir, created_at=NOW + MONTH - timedelta(seconds=1))
    with pytest.raises(AlreadyExists):
        accounts.put_with_session(early, session_of(early))
    accounts.put_with_session(heir, session_of(heir))
    assert accounts.find(ANN) == heir
    assert accounts.find_closed(ANN) is None
    accounts.release(closed, NOW)
    with pytest.raises(AlreadyExists):
        accounts.put_with_session(heir, session_of(heir))


def test_a_follower_is_cut_off_with_their_count(follows: FollowDao) -> None:
    for follower in (BOB, CID):
        follows.add(Follow(follower, ANN, ""), NOW)
    close(ANN)
    for _ in range(2):
        follows.cut(ANN, Roster.FOLLOWERS, [BOB])
    assert (counts(BOB), counts(CID)) == ((0, 0), (0, 1))
    assert follows.find(BOB, ANN) is None
    assert follows.page_of_members(BOB, Roster.FOLLOWING, PageRequest(10)) == []
    (left,) = follows.page_of_members(ANN, Roster.FOLLOWERS, PageRequest(10))
    assert left.account_id == CID


def test_of_many_followers_those_are_cut_off_that_are_still_there(follows: FollowDao) -> None:
    for follower in (BOB, CID):
        follows.add(Follow(follower, ANN, ""), NOW)
    close(ANN)
    follows.cut(ANN, Roster.FOLLOWERS, [BOB])
    follows.cut(ANN, Roster.FOLLOWERS, [BOB, CID])
    assert (counts(BOB), counts(CID)) == ((0, 0), (0, 0))
    assert follows.page_of_members(ANN, Roster.FOLLOWERS, PageRequest(10)) == []


def test_a_followee_is_cut_off_with_their_count(follows: FollowDao) -> None:
    for followee in (BOB, CID):
        follows.add(Follow(ANN, followee, ""), NOW)
    close(ANN)
    for _ in range(2):
        follows.cut(ANN, Roster.FOLLOWING, [BOB])
    assert (counts(BOB), counts(CID)) == ((0, 0), (1, 0))
    assert follows.page_of_members(BOB, Roster.FOLLOWERS, PageRequest(10)) == []


@pytest.mark.parametrize("roster", Roster)
def test_who_has_no_account_is_cut_off_too(follows: FollowDao, roster: Roster) -> None:
    """A follow may be stored before its account is, when many are."""
    nobody = AccountId("nobody")
    for other in (nobody, BOB):
        pair = (other, ANN) if roster is Roster.FOLLOWERS else (ANN, other)
        DynamoCrowdDao().put_follows([Follow(*pair, "")], NOW)
    close(ANN)
    follows.cut(ANN, roster, [nobody, BOB])
    assert follows.some_members(ANN, roster, 10) == []
    assert follows.some_members(nobody, roster.counterpart, 10) == []
    assert DynamoAccountDao().taken([nobody]) == frozenset()


@pytest.mark.parametrize("value", [None, {"S": "many"}])
def test_who_has_no_number_for_a_count_is_cut_off_too(
    follows: FollowDao, value: dict[str, Any] | None
) -> None:
    for follower in (BOB, CID):
        follows.add(Follow(follower, ANN, ""), NOW)
    damage("accounts", {"account_id": BOB}, {"following_count": value})
    close(ANN)
    follows.cut(ANN, Roster.FOLLOWERS, [BOB, CID])
    assert follows.some_members(ANN, Roster.FOLLOWERS, 10) == []
    assert follows.some_members(BOB, Roster.FOLLOWING, 10) == []
    assert counts(CID) == (0, 0)


def test_two_closed_accounts_are_cut_off_from_each_other(follows: FollowDao) -> None:
    follows.add(Follow(ANN, BOB, ""), NOW)
    close(ANN)
    close(BOB)
    follows.cut(BOB, Roster.FOLLOWERS, [ANN])
    for owner, roster in ((ANN, Roster.FOLLOWING), (BOB, Roster.FOLLOWERS)):
        assert follows.page_of_members(owner, roster, PageRequest(10)) == []


def test_it_is_listed_as_unfinished_from_its_closing_to_its_release(accounts: AccountDao) -> None:
    unfinished = DynamoUnfinishedDao()
    assert unfinished.page(None, 10) == ([], None)
    closed = [close(ANN), close(BOB)]
    first, position = unfinished.page(None, 2)
    rest, end = unfinished.page(position, 2)
    assert sorted([*first, *rest], key=lambda each: each.id) == closed
    assert end is None
    accounts.release(closed[0], NOW + MONTH)
    assert unfinished.page(None, 10) == ([closed[1]], None)


def test_its_sessions_go_a_batch_at_a_time(sessions: SessionDao) -> None:
    for number in range(29):
        sessions.put(session_of(account_of("Ann"), f"t{number + 2}"))
    close(ANN)
    assert [sessions.delete_some(ANN) for _ in range(3)] == [True, True, False]
    assert sessions.all_of(ANN) == []
    assert len(sessions.all_of(BOB)) == 1


def test_its_statuses_go_a_batch_at_a_time(statuses: StatusDao) -> None:
    newest = ""
    for _ in range(26):
        status = status_of(newest)
        put(statuses, status, newest)
        newest = status.id
    closed = close(ANN)
    assert statuses.find_authored([Reference(newest, ANN)]) == [None]
    assert [statuses.delete_some(closed.story_tag) for _ in range(3)] == [True, True, False]
    assert statuses.page_of_story(closed.story_tag, PageRequest(1)) == []


def test_past_follows_of_it_go_too(follows: FollowDao, statuses: StatusDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    status = status_of()
    put(statuses, status)
    follows.remove(Follow(BOB, ANN, ""), status.id)
    close(ANN)
    assert [follows.delete_some_former(ANN) for _ in range(2)] == [True, False]
    assert follows.audience(ANN, status.id, "former:", 10).members == ()
