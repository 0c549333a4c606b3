"""How accounts, sessions and follows are laid out as items."""

from __future__ import annotations

from datetime import datetime

from accounts.entities import Account, AccountId, Follow, Session
from accounts.interfaces import Roster
from accounts.models import AccountModel, FollowModel, SessionModel
from tweeter.clock import from_microseconds, to_microseconds


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
    )


def account_of(item: AccountModel) -> Account:
    """Return the account that an item stores."""
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
    prefix = "" if at is None else f"{to_microseconds(at):016x}"
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
