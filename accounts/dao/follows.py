"""Follows on DynamoDB: how rosters, intervals and counts are kept exact under any interleaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from accounts.dao.items import IS_OPEN, follow_items, member_of, roster_of
from accounts.entities import AFTER_ALL_STATUSES, AccountId, Follow, Member, Relationship
from accounts.interfaces import Audience, Roster
from accounts.models import AccountModel, FollowModel, FormerFollowModel
from tweeter.clock import system_clock
from tweeter.dynamodb import (
    ConditionsFailed,
    delete_some,
    keys_in_use,
    made_out,
    store_errors,
    transact,
    undamaged,
)
from tweeter.pages import PageRequest
from tweeter.store import AlreadyExists, Damaged, Missing, Outdated

_REMEMBERED = timedelta(days=30)
"""How long a past follow is kept: two lives of an SQS message, before and after a dead letter."""
_CURRENT, _FORMER = "current", "former"
_EXISTS = AccountModel.account_id.exists()
_IS_DAMAGED = FollowModel.member.exists() & ~FollowModel.since.is_type()  # type: ignore[no-untyped-call]
"""The condition that a follow is there, and that it can't be told since when it is."""
_CLOSED_ROSTER = 0
"""The position of the closed account's own roster where one member is cut."""
_AUDIENCE_PAGE = 100
"""Follows that a query for an audience reads at least, however few are wanted: those that began
after the status are read on the way, and shall not take a query each."""


class DynamoFollowDao:
    """A `FollowDao` on the follows and former follows tables."""

    def find(self, follower: AccountId, followee: AccountId) -> Follow | None:
        try:
            with store_errors():
                item = FollowModel.get(
                    roster_of(followee, Roster.FOLLOWERS), follower, consistent_read=True
                )
            since = made_out(_since_of, item, item.key())
        except FollowModel.DoesNotExist:
            return None
        except Damaged:
            since = AFTER_ALL_STATUSES
        return Follow(follower, followee, since)

    def add(self, follow: Follow, at: datetime) -> None:
        new = FollowModel.member.does_not_exist()

        def build(transaction: TransactWrite) -> None:
            for item in follow_items(follow, at):
                transaction.save(item, new)
            _count(transaction, follow, 1, follow.since, _EXISTS & IS_OPEN)

        try:
            transact(build)
        except ConditionsFailed as error:
            raise _refusal(error, rosters={0, 1}, present=AlreadyExists, followee=2) from error

    def remove(self, follow: Follow, until: str) -> None:
        followers_item, following_item = follow_items(follow, None)
        forgotten_at = int((system_clock() + _REMEMBERED).timestamp())

        def build(transaction: TransactWrite) -> None:
            transaction.delete(followers_item, (FollowModel.since == follow.since) | _IS_DAMAGED)
            transaction.delete(following_item)  # whatever it says: it goes with the other one
            if follow.since < until:
                transaction.save(
                    FormerFollowModel(
                        follow.followee,
                        f"{until}#{follow.follower}",
                        since=follow.since,
                        expires_at=forgotten_at,
                    )
                )
            _count(transaction, follow, -1, until, _EXISTS)

        try:
            transact(build)
        except ConditionsFailed as error:
            followee = 3 if follow.since < until else 2
            raise _refusal(error, rosters={0}, present=Missing, followee=followee) from error

    def cut(self, closed: AccountId, roster: Roster, members: Sequence[AccountId]) -> None:
        try:
            transact(lambda transaction: _cut(transaction, closed, roster, members))
        except ConditionsFailed as error:
            if len(members) > 1:
                for member in members:
                    self.cut(closed, roster, [member])
            elif _CLOSED_ROSTER not in error.failed:  # else it has been cut already
                transact(lambda transaction: _cut_follow(transaction, closed, roster, members[0]))

    def delete_some_former(self, followee: AccountId) -> bool:
        return delete_some(FormerFollowModel, followee)

    def relationship(self, caller: AccountId, other: AccountId) -> Relationship:
        following = (roster_of(caller, Roster.FOLLOWING), other)
        followed_by = (roster_of(caller, Roster.FOLLOWERS), other)
        # Damaged follows count, as they do where somebody follows or unfollows.
        found = keys_in_use(FollowModel, [following, followed_by])
        return Relationship(following in found, followed_by in found)

    def page_of_members(
        self, owner: AccountId, roster: Roster, request: PageRequest
    ) -> Sequence[Member]:
        behind = None if request.position is None else FollowModel.position < request.position
        with store_errors():
            items = FollowModel.newest_first.query(
                roster_of(owner, roster),
                behind,
                scan_index_forward=False,
                page_size=request.size,
                consistent_read=True,
            )
            return undamaged(items, member_of, request.size)

    def some_members(self, owner: AccountId, roster: Roster, limit: int) -> Sequence[AccountId]:
        with store_errors():
            items = FollowModel.query(
                roster_of(owner, roster),
                limit=limit,
                consistent_read=True,
                attributes_to_get=list(FollowModel.key_names()),
            )
            return [AccountId(item.member) for item in items]

    def audience(
        self, author: AccountId, status_id: str, position: str | None, limit: int
    ) -> Audience:
        # Former followers are read after all present ones: whoever unfollows in the meantime is
        # met at least in the second place, since one transaction moves them from the first.
        stage, _, behind = (position or f"{_CURRENT}:").partition(":")
        if stage == _CURRENT:
            return self._current_audience(author, status_id, behind, limit)
        return self._former_audience(author, status_id, behind, limit)

    def _current_audience(
        self, author: AccountId, status_id: str, behind: str, limit: int
    ) -> Audience:
        with store_errors():
            found = FollowModel.query(
                roster_of(author, Roster.FOLLOWERS),
                FollowModel.member > behind if behind else None,
                page_size=max(limit, _AUDIENCE_PAGE),
                consistent_read=True,
                attributes_to_get=["roster", "member", "since"],
            )
            members = undamaged(
                found, lambda item: item.member if _since_of(item) < status_id else None, limit
            )
        more = len(members) == limit
        position = f"{_CURRENT}:{members[-1]}" if more else f"{_FORMER}:"
        return Audience(tuple(map(AccountId, members)), position)

    def _former_audience(
        self, author: AccountId, status_id: str, behind: str, limit: int
    ) -> Audience:
        ended: Condition = (
            FormerFollowModel.ended > behind if behind else FormerFollowModel.ended >= status_id
        )
        with store_errors():
            page_size = max(limit, _AUDIENCE_PAGE)
            found = FormerFollowModel.query(
                author, ended, page_size=page_size, consistent_read=True
            )
            endings = undamaged(
                found, lambda item: item.ended if _since_of(item) < status_id else None, limit
            )
        members = tuple(AccountId(ended.partition("#")[2]) for ended in endings)
        more = len(endings) == limit
        return Audience(members, f"{_FORMER}:{endings[-1]}" if more else None)


def _since_of(item: FollowModel | FormerFollowModel) -> str:
    return str(item.attribute_values["since"])


def _cut(
    transaction: TransactWrite, closed: AccountId, roster: Roster, members: Sequence[AccountId]
) -> None:
    """Take members out of a roster of a closed account, the account out of theirs, and both out of
    the members' counts; refused where one is gone, or has no number for a count."""
    is_followed = roster is Roster.FOLLOWERS
    count = AccountModel.following_count if is_followed else AccountModel.followers_count
    can_count = count.is_type()  # type: ignore[no-untyped-call]
    for member in members:
        _cut_follow(transaction, closed, roster, member, FollowModel.member.exists())
        transaction.update(AccountModel(member), [count.add(-1)], can_count)


def _cut_follow(
    transaction: TransactWrite,
    closed: AccountId,
    roster: Roster,
    member: AccountId,
    condition: Condition | None = None,
) -> None:
    """Take a member out of a roster of a closed account, and the account out of theirs."""
    transaction.delete(FollowModel(roster_of(closed, roster), member), condition)
    transaction.delete(FollowModel(roster_of(member, roster.counterpart), closed))


def _count(
    transaction: TransactWrite, follow: Follow, step: int, last_status_id: str, follower: Condition
) -> None:
    """Change both counts; only if the followee's newest status is still `last_status_id`, and the
    follower's account is as the condition says."""
    transaction.update(
        AccountModel(follow.followee),
        [AccountModel.followers_count.add(step)],
        (AccountModel.last_status_id == last_status_id) & IS_OPEN,
    )
    transaction.update(
        AccountModel(follow.follower),
        [AccountModel.following_count.add(step)],
        follower,
    )


def _refusal(
    error: ConditionsFailed, *, rosters: set[int], present: type[Exception], followee: int
) -> Exception:
    """Say what a refused transaction means: the rosters' state first, then a newer status."""
    if error.failed & rosters:
        return present()
    return Outdated() if followee in error.failed else Missing()
