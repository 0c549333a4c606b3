"""What the API promises, in memory and without a thought for speed, stores or time between calls.

It has the methods of `tests.stateful.system.System`, which does the same through HTTP. Accounts are
named by their aliases, sessions by names that the tests give them, and statuses by their texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

Answer = tuple[int, object]
"""The HTTP status, and what else of the answer counts; of an error, its code."""
HANDLED: Answer = (200, None)
"""What a worker is said to answer."""

SESSION_SECONDS = 3600
KEY_SECONDS = 24 * 3600
PASSWORD = "a horse, correct"

F = TypeVar("F", bound=Callable[..., Answer])


class Refused(Exception):
    """An answer that is an error."""


def _answered(method: F) -> F:
    """Let a method answer with what it refuses."""

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Answer:
        try:
            return method(*args, **kwargs)
        except Refused as refused:
            return cast("Answer", refused.args)

    return cast("F", call)


@dataclass
class Account:
    """An account; its id is the alias in lower case."""

    alias: str
    name: str
    password: str


@dataclass
class Session:
    """A session that has not been ended by anything but time."""

    owner: str
    used_at: float


@dataclass(frozen=True)
class Status:
    """A status, with those whose feeds it belongs to for good."""

    text: str
    author: str
    mentions: tuple[str, ...]
    audience: frozenset[str]


class Model:
    """The contract, one operation at a time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.accounts: dict[str, Account] = {}
        self.held: set[str] = set()
        """Aliases of accounts that were deleted; none is given away while a test runs."""
        self.sessions: dict[str, Session] = {}
        self.ended: dict[str, str] = {}
        """The owners of sessions that were ended."""
        self.admits_ended = False
        """Whether the next operation was let in before its session was ended."""
        self.follows: list[tuple[str, str]] = []
        """Follower and followee, the oldest follow first."""
        self.statuses: list[Status] = []
        """The oldest first."""
        self.keys: dict[tuple[str, str], tuple[str, float]] = {}
        """By account and idempotency key: what was posted with it, and when."""

    @_answered
    def sign_up(self, session: str, alias: str, password: str = PASSWORD) -> Answer:
        if alias.lower() == "me":
            raise Refused(400, "reserved")
        if alias.lower() in self.accounts or alias.lower() in self.held:
            raise Refused(409, "alias_taken")
        self.accounts[alias.lower()] = Account(alias, alias, password)
        self.sessions[session] = Session(alias.lower(), self.now)
        return 201, alias

    @_answered
    def sign_in(self, session: str, alias: str, password: str = PASSWORD) -> Answer:
        account = self.accounts.get(alias.lower())
        if account is None or account.password != password:
            raise Refused(401, "invalid_credentials")
        self.sessions[session] = Session(alias.lower(), self.now)
        return 201, account.alias

    @_answered
    def sign_out(self, session: str) -> Answer:
        self._caller(session)
        self._end(session)
        return 204, None

    @_answered
    def current_session(self, session: str) -> Answer:
        """Answer whose session it is, and for how many seconds more."""
        return 200, (self._caller(session).alias, SESSION_SECONDS)

    @_answered
    def rename(self, session: str, name: str) -> Answer:
        self._caller(session).name = name
        return 200, name

    @_answered
    def change_password(self, session: str, current: str, new: str) -> Answer:
        account = self._caller(session)
        if account.password != current:
            raise Refused(400, "invalid")
        account.password = new
        self._end_all(account.alias.lower(), but=session)
        return 200, account.name

    @_answered
    def close(self, session: str, password: str) -> Answer:
        """Delete the account, and all that belonged to it."""
        account = self._caller(session)
        if account.password != password:
            raise Refused(400, "invalid")
        owner = account.alias.lower()
        del self.accounts[owner]
        self.held.add(owner)
        self._end_all(owner)
        self.follows = [follow for follow in self.follows if owner not in follow]
        self.statuses = [status for status in self.statuses if status.author != owner]
        return 204, None

    @_answered
    def follow(self, session: str, alias: str) -> Answer:
        follower, followee = self._caller_id(session), self._known(alias)
        if follower == followee:
            raise Refused(409, "cannot_follow_self")
        if (follower, followee) in self.follows:
            raise Refused(409, "already_following")
        self.follows.append((follower, followee))
        return 201, (True, (followee, follower) in self.follows)

    @_answered
    def unfollow(self, session: str, alias: str) -> Answer:
        follow = (self._caller_id(session), self._known(alias))
        if follow not in self.follows:
            raise Refused(409, "not_following")
        self.follows.remove(follow)
        return 204, None

    @_answered
    def relationship(self, session: str, alias: str) -> Answer:
        """Answer whether the caller follows the account, and the other way round."""
        caller, other = self._caller_id(session), self._known(alias)
        return 200, ((caller, other) in self.follows, (other, caller) in self.follows)

    @_answered
    def post(self, session: str, text: str, key: str | None = None) -> Answer:
        """Answer text and mentions; no text may be posted twice, but for one with a key."""
        author = self._caller_id(session)
        before = self.keys.get((author, key)) if key else None
        if before and self.now - before[1] < KEY_SECONDS:
            posted = self.find(text)
            if before[0] != text or posted is None:
                raise Refused(409, "idempotency_key_reused")
            return 201, (text, posted.mentions)
        words = re.findall(r"(?<!\S)@(\w+)", text)
        mentions = tuple(self._aliases(word.lower() for word in words))
        audience = frozenset(follower for follower, followee in self.follows if followee == author)
        self.statuses.append(Status(text, author, mentions, audience))
        if key:
            self.keys[author, key] = (text, self.now)
        return 201, (text, mentions)

    @_answered
    def delete(self, session: str, text: str) -> Answer:
        caller = self._caller_id(session)
        status = self.find(text)
        if status is None:
            raise Refused(404, "not_found")
        if status.author != caller:
            raise Refused(403, "permission_denied")
        self.statuses.remove(status)
        return 204, None

    @_answered
    def account(self, alias: str) -> Answer:
        """Answer the alias, the name and the three counts."""
        account_id = self._known(alias)
        account = self.accounts[account_id]
        counts = (
            sum(followee == account_id for _, followee in self.follows),
            sum(follower == account_id for follower, _ in self.follows),
            len(self.story(account_id)),
        )
        return 200, (account.alias, account.name, *counts)

    def followers(self, alias: str) -> list[str]:
        """Return the aliases of followers, the newest follow first."""
        found = [follower for follower, followee in self.follows if followee == alias.lower()]
        return self._aliases(reversed(found))

    def following(self, alias: str) -> list[str]:
        """Return the aliases of followees, the newest follow first."""
        found = [followee for follower, followee in self.follows if follower == alias.lower()]
        return self._aliases(reversed(found))

    def story(self, alias: str) -> list[str]:
        """Return the texts of a story, the newest first."""
        return [s.text for s in reversed(self.statuses) if s.author == alias.lower()]

    def feed(self, alias: str) -> list[str]:
        """Return the texts in a feed, the newest first, once everything has been delivered."""
        return [s.text for s in reversed(self.statuses) if alias.lower() in s.audience]

    def run(self, worker: str, *, again: bool = False) -> Answer:
        """Change nothing: whenever and however often workers run, it comes to the same."""
        return HANDLED

    def take(self) -> None:
        """Change nothing."""

    def lives(self, session: str) -> bool:
        """Tell whether a session is neither signed out nor over."""
        found = self.sessions.get(session)
        return found is not None and self.now - found.used_at <= SESSION_SECONDS

    def find(self, text: str) -> Status | None:
        """Return the status with a text, if it is there."""
        return next((status for status in self.statuses if status.text == text), None)

    def owner(self, session: str) -> str:
        """Return whose session it is or was; nobody's if it never began."""
        found = self.sessions.get(session)
        return found.owner if found else self.ended.get(session, "")

    def session_of(self, account_id: str) -> str | None:
        """Return a session of an account that lives, if there is one."""
        found = (name for name, each in self.sessions.items() if each.owner == account_id)
        return next((name for name in found if self.lives(name)), None)

    def _caller_id(self, session: str) -> str:
        if self.admits_ended and self.ended.get(session) in self.accounts:
            return self.ended[session]
        if not self.lives(session):
            raise Refused(401, "authentication_failed")
        found = self.sessions[session]
        found.used_at = self.now
        return found.owner

    def _caller(self, session: str) -> Account:
        return self.accounts[self._caller_id(session)]

    def _end(self, session: str) -> None:
        if session in self.sessions:
            self.ended[session] = self.sessions.pop(session).owner

    def _end_all(self, owner: str, but: str | None = None) -> None:
        for name, session in list(self.sessions.items()):
            if session.owner == owner and name != but:
                self._end(name)

    def _known(self, alias: str) -> str:
        if alias.lower() not in self.accounts:
            raise Refused(404, "not_found")
        return alias.lower()

    def _aliases(self, account_ids: Iterable[str]) -> list[str]:
        return [self.accounts[each].alias for each in account_ids if each in self.accounts]
