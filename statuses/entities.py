"""Statuses as the services know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.entities import Account, AccountId


@dataclass(frozen=True, slots=True)
class Mention:
    """An account named in a text; `start` and `end` are code point offsets, the `@` included."""

    alias: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """A URL in a text; `start` and `end` are code point offsets."""

    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status as stored."""

    id: str
    author_id: AccountId
    text: str
    mentions: tuple[Mention, ...]
    links: tuple[Link, ...]
    followers: int
    """How many followers the author had when it was posted, give or take follows just then."""
    created_at: datetime

    @property
    def position(self) -> str:
        """Where it stands in its author's story: ids grow with time."""
        return self.id


@dataclass(frozen=True, slots=True)
class AuthoredStatus:
    """A status together with its author as the account is now."""

    status: Status
    author: Account


@dataclass(frozen=True, slots=True)
class Reference:
    """Names a status and its author, which is all that a feed holds of it."""

    status_id: str
    author_id: AccountId

    @property
    def position(self) -> str:
        """Where the status stands in a feed: ids grow with time."""
        return self.status_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an idempotency key was used for."""

    account_id: AccountId
    key_hash: str
    text_hash: str
    status_id: str
    expires_at: datetime
