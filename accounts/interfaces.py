"""What the account services need of stores and of cryptography; any implementation will do.

All stores answer with strongly consistent data and raise `Unavailable` when they cannot answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from accounts.entities import (
    Account,
    AccountId,
    Chore,
    ClosedAccount,
    Follow,
    Member,
    Relationship,
    Session,
)
from tweeter.pages import PageRequest


class Roster(Enum):
    """The two lists of accounts that every account has."""

    FOLLOWERS = "followers"
    FOLLOWING = "following"

    @property
    def counterpart(self) -> Roster:
        """The roster of each member in which the owner of this one stands."""
        return Roster.FOLLOWING if self is Roster.FOLLOWERS else Roster.FOLLOWERS


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What to change of an account; None leaves a field as it is."""

    name: str | None = None
    picture_key: str | None = None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Some of those whose feeds a status belongs to; `next_position` is None after the last."""

    members: tuple[AccountId, ...]
    next_position: str | None


class AccountDao(Protocol):
    """Keeps accounts."""

    def find(self, account_id: AccountId) -> Account | None:
        """Return the account, or None; Damaged."""

    def find_many(self, account_ids: Iterable[AccountId]) -> Mapping[AccountId, Account]:
        """Return those accounts that exist, and are not damaged."""

    def taken(self, account_ids: Iterable[AccountId]) -> frozenset[AccountId]:
        """Return those ids under which an account is stored: in use, closed, or damaged."""

    def put_with_session(self, account: Account, session: Session) -> None:
        """Create an account and its first session, both or neither; AlreadyExists."""

    def change(self, account: Account, change: AccountChange, session: Session) -> Account:
        """Return the account after the change; what others have changed of it since it was read
        may be missing from that. A new password hash raises its credentials version, and that of
        `session` with it, so that only this session lives on.

        Outdated when the account is gone, or when its password, or the picture that is to be
        replaced, has changed since it was read; Missing when the session of a new password is gone.
        """

    def close(self, account: Account, at: datetime) -> None:
        """Close an account: nobody finds it any more, its sessions are over, and all that it says
        is gone but for the alias in lower case, which stays taken, the story's tag, and, until it
        is released, the picture's key and the counts. Outdated when the password has changed since
        `account` was read, or when it is closed already.
        """

    def find_closed(self, account_id: AccountId) -> ClosedAccount | None:
        """Return what is kept of a closed account, None where there is none of this name;
        Damaged."""

    def release(self, closed: ClosedAccount, at: datetime) -> None:
        """Have the alias of a closed account be free from `at` on, and its counts and its picture's
        key gone; nothing if it is another's. Nothing that they count must be left, nor the
        picture."""

    def rehash(self, account: Account, password_hash: str) -> None:
        """Replace the hash by another one of the same password; nothing if it has changed since."""


class SessionDao(Protocol):
    """Keeps sessions."""

    def find_with_account(
        self, account_id: AccountId, token_hash: str
    ) -> tuple[Session, Account] | None:
        """Return the session and its account by one look-up, or by two where they are of different
        passwords; None where either is missing or damaged."""

    def put(self, session: Session) -> None:
        """Add a session; Outdated when the account's credentials version is not the session's."""

    def renew(self, session: Session) -> None:
        """Write down the session's last use and its end; nothing if it is gone."""

    def delete(self, session: Session) -> None:
        """End a session; nothing if it is gone."""

    def all_of(self, account_id: AccountId) -> Sequence[Session]:
        """Return the sessions of an account that are stored, ended ones among them, without those
        that are damaged."""

    def delete_some(self, account_id: AccountId) -> bool:
        """Remove sessions of an account; return whether there were any, and more may be left."""


class FollowDao(Protocol):
    """Keeps who follows whom, together with both counts."""

    def find(self, follower: AccountId, followee: AccountId) -> Follow | None:
        """Return the follow, or None. One that is damaged is for no status: it is returned as if it
        had begun after all of them."""

    def add(self, follow: Follow, at: datetime) -> None:
        """Record a follow and raise both counts, all or nothing.

        AlreadyExists when it is there; Outdated when the followee is gone, or has posted since
        `follow.since` was read; Missing when the follower is gone.
        """

    def remove(self, follow: Follow, until: str) -> None:
        """Remove a follow and lower both counts, all or nothing.

        It is remembered for statuses newer than `follow.since` up to `until`, the followee's last
        one. Missing when it is not there as given; Outdated when the followee is gone, or has
        posted since. Also a follower who has closed their account can still unfollow.
        """

    def cut(self, closed: AccountId, roster: Roster, members: Sequence[AccountId]) -> None:
        """Remove up to 25 members from a roster of a closed account, each together with its own
        count or not at all; nothing where it is gone. A member that has no account, or no number
        for a count, is removed without."""

    def delete_some_former(self, followee: AccountId) -> bool:
        """Remove past follows of a followee; return whether there were any: more may be left."""

    def relationship(self, caller: AccountId, other: AccountId) -> Relationship:
        """Return who of the two follows whom; damaged follows count."""

    def page_of_members(
        self, owner: AccountId, roster: Roster, request: PageRequest
    ) -> Sequence[Member]:
        """Return members, newest follow first, fewer than asked for only when none are left; those
        whose follow is damaged are left out."""

    def some_members(self, owner: AccountId, roster: Roster, limit: int) -> Sequence[AccountId]:
        """Return `limit` members, or all where they are fewer, in no order; damaged follows
        count."""

    def audience(
        self, author: AccountId, status_id: str, position: str | None, limit: int
    ) -> Audience:
        """Return up to `limit` of those who followed the author when the status was created, fewer
        only where there is a position to read on from, or nobody is left.

        Reading on from position to position gives each of them at least once, whoever follows
        and unfollows meanwhile. Ones that unfollow meanwhile may be given twice. Whose follow is
        damaged is left out: since when it is can't be told.
        """


class PictureStore(Protocol):
    """Keeps pictures, which anyone may fetch who knows their URL."""

    def new_key(self, account_id: AccountId, content: bytes, content_type: str) -> str:
        """Return a key that cannot be guessed, for one upload: never the same again."""

    def holds(self, key: str, account_id: AccountId, content: bytes) -> bool:
        """Tell whether a key is of this picture of the account, from whichever upload."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store a picture."""

    def delete(self, key: str) -> None:
        """Remove a picture; nothing if it is gone."""

    def url(self, key: str | None) -> str:
        """Return the absolute URL of a picture, or of the default picture for None."""


class ChoreQueue(Protocol):
    """Takes what is to be done for accounts in the background."""

    def put(self, chore: Chore, delay: float) -> None:
        """Have a chore done, at least once, in `delay` seconds (0 to 900); Unavailable."""


class Belongings(Protocol):
    """Some of what an account leaves behind."""

    def remove_some(self, closed: ClosedAccount) -> float | None:
        """Remove some of it, which takes a second at most; Unavailable.

        Return None when nothing is left, else the seconds after which to go on.
        """


class Arrivals(Protocol):
    """Knows of deliveries to feeds."""

    def are_due(self, posted_before: datetime) -> bool:
        """Tell whether statuses posted before a moment are still being delivered; Unavailable."""


class PasswordHasher(Protocol):
    """Turns passwords into hashes that may be stored."""

    def hash(self, password: str) -> str:
        """Return a salted, slow hash."""

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the hash is of this password. None, for no account, takes as long as any."""

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than are used now."""


class PasswordPolicy(Protocol):
    """Judges new passwords."""

    def check(self, password: str, *, alias: str, name: str) -> None:
        """Raise InvalidInput, on `password`, with every reason why the password is not accepted."""
