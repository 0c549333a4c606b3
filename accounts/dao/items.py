"""How accounts, sessions and follows are laid out as items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.entities import Account, AccountId, ClosedAccount, Follow, Member, Session
from accounts.interfaces import Roster
from accounts.models import AccountModel, FollowModel, SessionModel
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import unless_damaged, whole
from tweeter.limits import Tally

IS_OPEN = AccountModel.closed_at.does_not_exist()
"""The condition that an account is in use, where it exists."""
_TIME_DIGITS = 16
"""Of a follow's position, which begins with the microseconds since the epoch."""


def account_item(account: Account) -> AccountModel:
    """Return the item that stores an account."""
    return AccountModel(
        account.id,
        alias=account.alias,
        name=account.name,
        password_hash=account.password_hash,
        credentials_version=account.credentials_version,
        picture_key=account.picture_key,
        story_tag=account.story_tag,
        last_status_id=account.last_status_id,
        followers_count=account.followers_count,
        following_count=account.following_count,
        statuses_count=account.statuses_count,
        created_at=to_microseconds(account.created_at),
        posts_window=account.posting.window or None,
        posts_in_window=account.posting.count or None,
    )


def account_of(item: AccountModel) -> Account:
    """Return the account that an item stores."""
    whole(item)
    return Account(
        id=AccountId(item.account_id),
        alias=item.alias,
        name=item.name,
        password_hash=item.password_hash,
        credentials_version=int(item.credentials_version),
        picture_key=item.picture_key,
        story_tag=item.story_tag,
        last_status_id=item.last_status_id,
        followers_count=int(item.followers_count),
        following_count=int(item.following_count),
        statuses_count=int(item.statuses_count),
        created_at=from_microseconds(int(item.created_at)),
        posting=Tally(int(item.posts_window or 0), int(item.posts_in_window or 0)),
    )


def open_account_of(item: AccountModel) -> Account | None:
    """Return the account that an item stores, None when its owner has closed it."""
    return None if _is_closed(item) else account_of(item)


def open_accounts_of(items: Iterable[AccountModel]) -> dict[AccountId, Account]:
    """Return the accounts that items store, without those that are closed or damaged."""
    read = (unless_damaged(open_account_of, item, (item.account_id,)) for item in items)
    return {account.id: account for account in read if account}


def closed_account_of(item: AccountModel) -> ClosedAccount | None:
    """Return what an item keeps of a closed account, None when it is in use."""
    if not _is_closed(item):
        return None
    return ClosedAccount(
        id=AccountId(item.account_id),
        story_tag=item.story_tag,
        closed_at=from_microseconds(int(item.closed_at)),
        picture_key=item.picture_key,
    )


def session_item(session: Session) -> SessionModel:
    """Return the item that stores a session."""
    return SessionModel(
        session.account_id,
        session.token_hash,
        credentials_version=session.credentials_version,
        used_at=to_microseconds(session.used_at),
        expires_at=to_microseconds(session.expires_at) // 1_000_000,
    )


def session_of(item: SessionModel) -> Session:
    """Return the session that an item stores."""
    whole(item)
    return Session(
        account_id=AccountId(item.account_id),
        token_hash=item.token_hash,
        credentials_version=int(item.credentials_version),
        used_at=from_microseconds(int(item.used_at)),
        expires_at=from_microseconds(int(item.expires_at) * 1_000_000),
    )


def roster_of(owner: AccountId, roster: Roster) -> str:
    """Return the partition key of one of an account's two rosters."""
    return f"{owner}#{roster.value}"


def follow_items(follow: Follow, at: datetime | None) -> tuple[FollowModel, FollowModel]:
    """Return the follow's items in the followee's and in the follower's roster."""
    prefix = "" if at is None else f"{to_microseconds(at):0{_TIME_DIGITS}x}"
    return (
        FollowModel(
            roster_of(follow.followee, Roster.FOLLOWERS),
            follow.follower,
            position=prefix + follow.follower,
            since=follow.since,
        ),
        FollowModel(
            roster_of(follow.follower, Roster.FOLLOWING),
            follow.followee,
            position=prefix + follow.followee,
            since=follow.since,
        ),
    )


def member_of(item: FollowModel) -> Member:
    """Return the member of a roster that an item stores."""
    followed_at = from_microseconds(int(item.position[:_TIME_DIGITS], 16))
    return Member(AccountId(item.member), item.position, followed_at)


def _is_closed(item: AccountModel) -> bool:
    return "closed_at" in item.attribute_values
