"""What the clients of a campaign know of what they have done: what the check is made by.

Times are seconds of the campaign's own steady clock. A request that was never answered may have
been carried out or not; what follows from that is "not known", spelled None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True, kw_only=True)
class AccountRecord:
    """An account that somebody tried to sign up."""

    account_id: str
    is_there: bool | None = None
    name: str | None = None
    has_picture: bool | None = False
    picture_key: str | None = None
    """The S3 key, where an answer has told."""


@dataclass(slots=True)
class SessionRecord:
    """A session whose token was handed out."""

    account_id: str
    token: str
    is_alive: bool | None = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRecord:
    """A follow, or an unfollow, from the first request for it until the last answer."""

    follower: str
    followee: str
    began: float
    ended: float
    """Later than the answer where a request before it died, which may still have been under way."""
    follows: bool
    """Whether the follower follows afterwards, if it has been carried out."""
    is_done: bool
    """Whether it was answered; otherwise it may have been carried out, then or never."""


@dataclass(slots=True, kw_only=True)
class PostRecord:
    """A status that somebody tried to post."""

    author: str
    text: str
    """No two posts have the same."""
    began: float
    ended: float
    status_id: str | None = None
    """What the answer told; None when there was none."""
    is_deleted: bool | None = False


class Pair(NamedTuple):
    """A follower and a followee."""

    follower: str
    followee: str


@dataclass(slots=True)
class Record:
    """Everything that the clients know."""

    accounts: dict[str, AccountRecord] = field(default_factory=dict)
    sessions: list[SessionRecord] = field(default_factory=list)
    follows: list[FollowRecord] = field(default_factory=list)
    """In the order in which each pair's were asked for."""
    posts: list[PostRecord] = field(default_factory=list)
    poison: list[tuple[str, str]] = field(default_factory=list)
    """Queue and body of messages that nobody can understand."""
    feeds: dict[str, list[str]] = field(default_factory=dict)
    """The ids of the statuses that people saw in their feeds when all was over, page by page."""
    problems: list[str] = field(default_factory=list)
    """Answers that the contract does not allow."""

    def histories(self) -> Iterator[tuple[Pair, list[FollowRecord]]]:
        """Yield what was done about each pair, in order."""
        pairs: dict[Pair, list[FollowRecord]] = {}
        for follow in self.follows:
            pairs.setdefault(Pair(follow.follower, follow.followee), []).append(follow)
        yield from pairs.items()
