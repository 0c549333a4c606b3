"""What every store of follows must do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from accounts.entities import AccountId, Follow, Relationship
from accounts.interfaces import FollowDao, Roster
from tests.contract.test_accounts import account_of, session_of
from tests.contract.test_statuses import post
from tests.faults import counted
from tests.security.damage import damage
from tweeter.pages import PageRequest
from tweeter.store import AlreadyExists, Missing, Outdated

NOW = datetime(2126, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
ANN, BOB, CID = AccountId("ann"), AccountId("bob"), AccountId("cid")

pytestmark = pytest.mark.usefixtures("aws", "people")


@pytest.fixture
def people(aws: None) -> None:
    for alias in ("Ann", "Bob", "Cid"):
        account = account_of(alias)
        DynamoAccountDao().put_with_session(account, session_of(account))


@pytest.fixture
def follows() -> FollowDao:
    return DynamoFollowDao()


def counts(account_id: AccountId) -> tuple[int, int]:
    account = DynamoAccountDao().find(account_id)
    assert account is not None
    return account.followers_count, account.following_count


def audience(follows: FollowDao, author: AccountId, status_id: str, limit: int = 2) -> list[str]:
    members: list[str] = []
    position: str | None = None
    while True:
        some = follows.audience(author, status_id, position, limit)
        assert len(some.members) <= limit
        members += some.members
        if some.next_position is None:
            return members
        position = some.next_position


def test_a_follow_stands_in_both_rosters_and_both_counts(follows: FollowDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    assert follows.find(BOB, ANN) == Follow(BOB, ANN, "")
    assert follows.find(ANN, BOB) is None
    assert (counts(ANN), counts(BOB)) == ((1, 0), (0, 1))
    for roster, owner, member in ((Roster.FOLLOWERS, ANN, BOB), (Roster.FOLLOWING, BOB, ANN)):
        (listed,) = follows.page_of_members(owner, roster, PageRequest(10))
        assert listed.account_id == member


def test_a_repeated_follow_changes_nothing(follows: FollowDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    with pytest.raises(AlreadyExists):
        follows.add(Follow(BOB, ANN, ""), NOW)
    assert (counts(ANN), counts(BOB)) == ((1, 0), (0, 1))


def test_a_follow_of_or_by_nobody_is_refused_whole(follows: FollowDao) -> None:
    nobody = AccountId("nobody")
    with pytest.raises(Missing):
        follows.add(Follow(nobody, ANN, ""), NOW)
    with pytest.raises(Outdated):
        follows.add(Follow(ANN, nobody, ""), NOW)
    assert counts(ANN) == (0, 0)
    assert follows.find(nobody, ANN) is None


def test_a_follow_is_refused_when_the_followee_has_posted_meanwhile(follows: FollowDao) -> None:
    status_id = post(ANN)
    with pytest.raises(Outdated):
        follows.add(Follow(BOB, ANN, ""), NOW)
    follows.add(Follow(BOB, ANN, status_id), NOW)
    assert counts(ANN) == (1, 0)


def test_an_unfollow_takes_everything_back(follows: FollowDao) -> None:
    follow = Follow(BOB, ANN, "")
    follows.add(follow, NOW)
    follows.remove(follow, "")
    assert follows.find(BOB, ANN) is None
    assert (counts(ANN), counts(BOB)) == ((0, 0), (0, 0))
    assert follows.page_of_members(ANN, Roster.FOLLOWERS, PageRequest(10)) == []


def test_an_unfollow_without_a_follow_is_refused(follows: FollowDao) -> None:
    with pytest.raises(Missing):
        follows.remove(Follow(BOB, ANN, ""), "")
    assert counts(ANN) == (0, 0)


def test_an_unfollow_is_refused_when_the_followee_has_posted_meanwhile(follows: FollowDao) -> None:
    follow = Follow(BOB, ANN, "")
    follows.add(follow, NOW)
    post(ANN)
    with pytest.raises(Outdated):
        follows.remove(follow, "")
    assert counts(ANN) == (1, 0)


def test_an_unfollow_of_an_earlier_follow_leaves_a_later_one(follows: FollowDao) -> None:
    status_id = post(ANN)
    follows.add(Follow(BOB, ANN, status_id), NOW)
    with pytest.raises(Missing):
        follows.remove(Follow(BOB, ANN, ""), status_id)
    assert follows.find(BOB, ANN) is not None


each_damaged_since = pytest.mark.parametrize(
    "since", [None, {"N": "1"}], ids=["without since", "with a number"]
)
each_item_of_a_follow = pytest.mark.parametrize(
    ("owner", "member"), [("ann#followers", "bob"), ("bob#following", "ann")]
)


@each_damaged_since
@each_item_of_a_follow
def test_a_damaged_follow_counts_as_one(
    follows: FollowDao, owner: str, member: str, since: dict[str, str] | None
) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    damage("follows", {"roster": owner, "member": member}, {"since": since})
    assert follows.relationship(BOB, ANN) == Relationship(following=True, followed_by=False)
    assert follows.relationship(ANN, BOB) == Relationship(following=False, followed_by=True)
    with pytest.raises(AlreadyExists):
        follows.add(Follow(BOB, ANN, ""), NOW)


@each_damaged_since
@each_item_of_a_follow
def test_a_damaged_follow_can_be_taken_back(
    follows: FollowDao, owner: str, member: str, since: dict[str, str] | None
) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    status_id = post(ANN)
    damage("follows", {"roster": owner, "member": member}, {"since": since})
    damaged = follows.find(BOB, ANN)
    assert damaged is not None
    follows.remove(damaged, status_id)
    assert (counts(ANN), counts(BOB)) == ((0, 0), (0, 0))
    follows.add(Follow(BOB, ANN, status_id), NOW)
    assert follows.find(BOB, ANN) == Follow(BOB, ANN, status_id)


def test_a_damaged_follow_that_was_taken_back_is_for_no_status(follows: FollowDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    damage("follows", {"roster": "ann#followers", "member": "bob"}, {"since": None})
    status_id = post(ANN)
    damaged = follows.find(BOB, ANN)
    assert damaged is not None
    follows.remove(damaged, status_id)
    assert audience(follows, ANN, status_id) == []


def test_a_damaged_follow_is_not_taken_back_when_another_has_come_in_its_place(
    follows: FollowDao,
) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    damage("follows", {"roster": "ann#followers", "member": "bob"}, {"since": None})
    damaged = follows.find(BOB, ANN)
    assert damaged is not None
    follows.remove(damaged, "")
    with pytest.raises(Missing):
        follows.remove(damaged, "")
    follows.add(Follow(BOB, ANN, ""), NOW)
    with pytest.raises(Missing):
        follows.remove(damaged, "")
    assert counts(ANN) == (1, 0)


def test_relationships_are_told_in_both_directions(follows: FollowDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    mine, theirs = follows.relationship(BOB, ANN), follows.relationship(ANN, BOB)
    assert (mine.following, mine.followed_by) == (True, False)
    assert (theirs.following, theirs.followed_by) == (False, True)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_rosters_are_read_newest_first_page_by_page(follows: FollowDao, size: int) -> None:
    for minute, followee in enumerate((BOB, CID)):
        follows.add(Follow(ANN, followee, ""), NOW + timedelta(minutes=minute))
    seen: list[str] = []
    position: str | None = None
    while page := follows.page_of_members(ANN, Roster.FOLLOWING, PageRequest(size, position)):
        assert len(page) <= size
        seen += [member.account_id for member in page]
        position = page[-1].position
    assert seen == [CID, BOB]


def test_the_audience_are_those_who_followed_at_the_moment_of_a_status(follows: FollowDao) -> None:
    before = Follow(BOB, ANN, "")
    follows.add(before, NOW)
    first = post(ANN)
    follows.add(Follow(CID, ANN, first), NOW)
    second = post(ANN, after=first)
    follows.remove(before, second)
    third = post(ANN, after=second)
    assert audience(follows, ANN, first) == [BOB]
    assert sorted(audience(follows, ANN, second)) == [BOB, CID]
    assert audience(follows, ANN, third) == [CID]


def test_following_again_is_another_follow(follows: FollowDao) -> None:
    once = Follow(BOB, ANN, "")
    follows.add(once, NOW)
    first = post(ANN)
    follows.remove(once, first)
    second = post(ANN, after=first)
    follows.add(Follow(BOB, ANN, second), NOW)
    third = post(ANN, after=second)
    found = [audience(follows, ANN, status_id) for status_id in (first, second, third)]
    assert found == [[BOB], [], [BOB]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_an_audience_read_in_pieces_is_whole(follows: FollowDao, limit: int) -> None:
    accounts = [account_of(f"user{number}") for number in range(7)]
    for account in accounts:
        DynamoAccountDao().put_with_session(account, session_of(account))
        follows.add(Follow(account.id, ANN, ""), NOW)
    status_id = post(ANN)
    for account in accounts[::2]:
        follows.remove(Follow(account.id, ANN, ""), status_id)
    found = audience(follows, ANN, status_id, limit)
    assert sorted(found) == [account.id for account in accounts]


def test_those_who_follow_later_are_not_read_one_by_one(follows: FollowDao) -> None:
    follows.add(Follow(BOB, ANN, ""), NOW)
    status_id = post(ANN)
    for number in range(10):
        account = account_of(f"user{number}")
        DynamoAccountDao().put_with_session(account, session_of(account))
        follows.add(Follow(account.id, ANN, status_id), NOW)
    with counted("Query") as queries:
        assert audience(follows, ANN, status_id, limit=1) == [BOB]
    assert len(queries) == 3, "up to Bob, behind him, and those who have unfollowed"


def test_whoever_unfollows_while_the_audience_is_read_is_still_in_it(follows: FollowDao) -> None:
    for follower in (BOB, CID):
        follows.add(Follow(follower, ANN, ""), NOW)
    status_id = post(ANN)
    first = follows.audience(ANN, status_id, None, 1)
    follows.remove(Follow(CID, ANN, ""), status_id)
    rest: list[AccountId] = []
    position = first.next_position
    while position is not None:
        some = follows.audience(ANN, status_id, position, 1)
        rest += some.members
        position = some.next_position
    assert {*first.members, *rest} == {BOB, CID}
