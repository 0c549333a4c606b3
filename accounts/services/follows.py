"""Following, unfollowing, and who follows whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accounts.entities import Account, Caller, Follow, Member, Relationship
from accounts.interfaces import AccountDao, FollowDao, Roster
from accounts.services.accounts import AccountService
from tweeter.clock import Clock
from tweeter.errors import Conflict, Unauthenticated, Unavailable
from tweeter.limits import Limit, Limiter
from tweeter.pages import Page, PageRequest, read_page
from tweeter.store import AlreadyExists, Missing, Outdated

_TRIES = 10
"""How often a follow is tried against a followee who keeps posting meanwhile."""


class FollowService:
    """The rules of follows."""

    def __init__(
        self,
        *,
        directory: AccountService,
        accounts: AccountDao,
        follows: FollowDao,
        limiter: Limiter,
        limit: Limit,
        clock: Clock,
    ) -> None:
        """`limit` is on follows and unfollows together, of one account."""
        self._directory = directory
        self._accounts = accounts
        self._follows = follows
        self._limiter = limiter
        self._limit = limit
        self._clock = clock

    def follow(self, caller: Caller, alias: str) -> Relationship:
        """Let the caller follow an account, for all that it posts from now on.

        NotFound; Conflict `cannot_follow_self` or `already_following`; TooManyRequests.
        """
        self._limiter.take(self._limit, caller.account.id)
        for _ in range(_TRIES):
            followee = self._directory.get(alias)
            if followee.id == caller.account.id:
                raise Conflict("cannot_follow_self", "Nobody can follow themselves.")
            follow = Follow(caller.account.id, followee.id, followee.last_status_id)
            try:
                self._follows.add(follow, self._clock())
            except AlreadyExists as error:
                raise Conflict("already_following", "You follow this account already.") from error
            except Outdated:
                continue
            except Missing as error:
                raise Unauthenticated("not_authenticated", "This account is gone.") from error
            now = self._follows.relationship(caller.account.id, followee.id)
            return replace(now, following=True)  # also when the caller unfollows meanwhile
        raise _too_busy()

    def unfollow(self, caller: Caller, alias: str) -> None:
        """End a follow; what was posted until now still arrives.

        NotFound; Conflict `not_following`; TooManyRequests.
        """
        self._limiter.take(self._limit, caller.account.id)
        for _ in range(_TRIES):
            followee = self._directory.get(alias)
            follow = self._follows.find(caller.account.id, followee.id)
            if follow is None:
                raise Conflict("not_following", "You do not follow this account.")
            try:
                self._follows.remove(follow, followee.last_status_id)
            except (Missing, Outdated):
                continue  # somebody unfollowed, followed again or posted in between: look again
            return
        raise _too_busy()

    def relationship(self, caller: Caller, alias: str) -> Relationship:
        """Return who of the caller and another account follows whom; NotFound."""
        return self._follows.relationship(caller.account.id, self._directory.get(alias).id)

    def page_of(self, alias: str, roster: Roster, request: PageRequest) -> Page[Account]:
        """Return a page of an account's followers or followees, newest follow first; NotFound."""
        owner = self._directory.get(alias)

        def read(behind: PageRequest) -> Sequence[Member]:
            return self._follows.page_of_members(owner.id, roster, behind)

        def resolve(members: Sequence[Member]) -> Sequence[Account | None]:
            found = self._accounts.find_many(member.account_id for member in members)
            return [found.get(member.account_id) for member in members]

        return read_page(request, read, resolve)


def _too_busy() -> Unavailable:
    return Unavailable("The account posts too fast to follow or unfollow it now; try again.")
