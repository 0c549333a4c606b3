"""What is stored of a person, for that person to take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.entities import Account, Caller, Member, Session
from accounts.interfaces import AccountDao, FollowDao, Roster, SessionDao
from accounts.services.sessions import is_alive
from statuses.entities import AuthoredStatus, Status
from statuses.interfaces import StatusDao
from tweeter.clock import Clock
from tweeter.pages import Page, PageRequest, read_page

PAGE_SIZE = 500
"""Entries on a page, or a few more: of the longest ones about 4 MB of JSON, and Lambda answers
with 6 at most (AWS: Lambda developer guide, quotas). Its page shows less of it."""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Another account, and since when one of the two follows the other."""

    account: Account
    followed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A page of an export. `next_position` is None on the last one."""

    exported_at: datetime
    account: Account
    sessions: Sequence[Session] = ()
    """Those that are alive; on the first page only."""
    statuses: Sequence[AuthoredStatus] = ()
    following: Sequence[Acquaintance] = ()
    followers: Sequence[Acquaintance] = ()
    next_position: str | None = None


class _Section(StrEnum):
    """The lists of an export, in the order in which they follow each other."""

    STATUSES = "statuses"
    FOLLOWING = "following"
    FOLLOWERS = "followers"


class ExportService:
    """The rules of exports."""

    def __init__(
        self,
        *,
        accounts: AccountDao,
        sessions: SessionDao,
        follows: FollowDao,
        statuses: StatusDao,
        clock: Clock,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._follows = follows
        self._statuses = statuses
        self._clock = clock
        self._page_size = page_size

    def page(self, caller: Caller, position: str | None) -> Export:
        """Return the page of the caller's data behind a position that an earlier one gave.

        Neither the hashes of the password and of tokens are in it, which nobody could use, nor the
        feed, which is what others wrote.
        """
        name, _, behind = (position or "").partition(":")
        begun = _Section(name) if name else _Section.STATUSES
        found: dict[str, Sequence[object]] = {}
        next_position: str | None = None
        room = self._page_size
        for section in list(_Section)[list(_Section).index(begun) :]:
            # One at the least, since only then it is known whether anything is left.
            page = self._read(section, caller.account, PageRequest(max(1, room), behind or None))
            found[section] = page.items
            if page.next_position is not None:
                next_position = f"{section}:{page.next_position}"
                break
            room, behind = room - len(page.items), ""
        return Export(
            exported_at=self._clock(),
            account=caller.account,
            sessions=() if position else self._live_sessions(caller),
            next_position=next_position,
            **found,  # type: ignore[arg-type]  # each section's are of the field of its name
        )

    def _live_sessions(self, caller: Caller) -> Sequence[Session]:
        now = self._clock()
        return [
            session
            for session in self._sessions.all_of(caller.account.id)
            if is_alive(session, caller.account, now)
        ]

    def _read(
        self, section: _Section, owner: Account, request: PageRequest
    ) -> Page[AuthoredStatus] | Page[Acquaintance]:
        if section is _Section.STATUSES:
            return self._own_statuses(owner, request)
        return self._acquaintances(owner, Roster(section.value), request)

    def _own_statuses(self, owner: Account, request: PageRequest) -> Page[AuthoredStatus]:
        def read(behind: PageRequest) -> Sequence[Status]:
            return self._statuses.page_of_story(owner.story_tag, behind)

        return read_page(
            request, read, lambda found: [AuthoredStatus(status, owner) for status in found]
        )

    def _acquaintances(
        self, owner: Account, roster: Roster, request: PageRequest
    ) -> Page[Acquaintance]:
        def read(behind: PageRequest) -> Sequence[Member]:
            return self._follows.page_of_members(owner.id, roster, behind)

        def resolve(members: Sequence[Member]) -> Sequence[Acquaintance | None]:
            known = self._accounts.find_many(member.account_id for member in members)
            return [
                Acquaintance(known[member.account_id], member.followed_at)
                if member.account_id in known
                else None
                for member in members
            ]

        return read_page(request, read, resolve)
