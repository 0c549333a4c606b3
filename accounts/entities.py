"""Accounts, sessions and follows as the services know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from tweeter.limits import NONE_YET, Tally

AccountId = NewType("AccountId", str)
"""Names an account in every store: its alias in lower case, which never changes."""

NO_STATUS = ""
"""Stands for "before the first status" where a status id is due; smaller than every status id."""
AFTER_ALL_STATUSES = "~"
"""Stands for "after the last status"; greater than every status id."""


def account_id_of(alias: str) -> AccountId:
    """Return the id of the account that an alias names, in whatever case it is written."""
    return AccountId(alias.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as stored; counts are exact, having been changed with what they count."""

    id: AccountId
    alias: str
    name: str
    password_hash: str = field(repr=False)
    credentials_version: int
    """Grows with every change of password; sessions made under an older one are over."""
    picture_key: str | None
    story_tag: str
    """16 hexadecimal digits, at random, that end the ids of all statuses of this account."""
    last_status_id: str
    """The newest status ever posted, deleted or not: the account's clock for follows."""
    followers_count: int
    following_count: int
    statuses_count: int
    created_at: datetime
    posting: Tally = NONE_YET
    """How often it has posted lately; exact, having been changed with the posts."""


def new_account(
    alias: str,
    *,
    name: str,
    password_hash: str,
    story_tag: str,
    created_at: datetime,
    picture_key: str | None = None,
    following_count: int = 0,
) -> Account:
    """Return an account as it begins: nobody follows it, and it has posted nothing."""
    return Account(
        id=account_id_of(alias),
        alias=alias,
        name=name,
        password_hash=password_hash,
        credentials_version=1,
        picture_key=picture_key,
        story_tag=story_tag,
        last_status_id=NO_STATUS,
        followers_count=0,
        following_count=following_count,
        statuses_count=0,
        created_at=created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAccount:
    """What is kept of an account that its owner has deleted, until nobody's memory needs it."""

    id: AccountId
    story_tag: str
    """Tells it from a later account with the same alias."""
    closed_at: datetime
    picture_key: str | None = None
    """Kept until the removal is over, should its message be lost before the picture is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in client. The token itself is not kept, only its SHA-256 in hexadecimal."""

    account_id: AccountId
    token_hash: str = field(repr=False)
    credentials_version: int
    used_at: datetime
    """The last use that was written down; uses shortly after it are not."""
    expires_at: datetime
    """When it ends, to the second, unless a later use is written down first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sends a request: a live session and its account, as they were when it arrived."""

    account: Account
    session: Session


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session with its token, which is known only at this moment."""

    token: str = field(repr=False)
    expires_at: datetime
    account: Account


@dataclass(frozen=True, slots=True)
class Member:
    """An account in the list of somebody's followers or of those somebody follows."""

    account_id: AccountId
    position: str
    followed_at: datetime


@dataclass(frozen=True, slots=True)
class Follow:
    """That one account follows another, for statuses newer than `since`.

    `since` is the followee's `last_status_id` at the moment of the follow. Followers of a status
    are told by comparing ids, never clocks: see docs/decisions/0003-exact-feeds.md.
    """

    follower: AccountId
    followee: AccountId
    since: str


@dataclass(frozen=True, slots=True)
class Relationship:
    """Between a caller and another account."""

    following: bool
    followed_by: bool


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """Calls for a look at pictures that an account may have: those that it has not are deleted."""

    account_id: AccountId
    keys: tuple[str, ...]
    request_id: str | None = None
    """For the log only, here and below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRemoval:
    """Calls for the removal of all that belonged to an account, once that is closed."""

    account_id: AccountId
    story_tag: str
    picture_key: str | None
    queued_at: datetime
    gone_at: datetime | None = None
    """When nothing was left for the first time; deliveries under way then may still add to it."""
    is_quiet: bool = False
    """Whether the last look found no such delivery under way."""
    request_id: str | None = None

    @classmethod
    def of(cls, account: Account | ClosedAccount, queued_at: datetime) -> AccountRemoval:
        """Return the call for the removal of an account from its beginning."""
        return cls(
            account_id=account.id,
            story_tag=account.story_tag,
            picture_key=account.picture_key,
            queued_at=queued_at,
        )


Chore = PictureCheck | AccountRemoval
"""What is done for accounts in the background."""
