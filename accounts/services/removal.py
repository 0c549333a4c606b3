"""Removing, in the background, all that belonged to an account."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.entities import AccountRemoval, ClosedAccount
from accounts.interfaces import (
    AccountDao,
    Arrivals,
    Belongings,
    ChoreQueue,
    FollowDao,
    Roster,
    SessionDao,
)
from accounts.services.pictures import PictureService
from tweeter.clock import REQUEST_IS_OVER, Clock

logger = logging.getLogger(__name__)

ALIAS_HELD = timedelta(days=30)
"""For how long the alias of a closed account is given to nobody else."""
_WAIT_SECONDS = 2.0
_SLICE_SECONDS = 1.0
"""How long a run removes things at most: the planner of the fan-outs, whose messages are on the
same queue, must not wait behind it."""
_PAUSE_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 900.0
"""The longest delay of a message of a queue, and so of a chunk that is on its way to a feed."""
_PAGE = 25
"""Follows removed at a time: enough to be quick, and few enough to be in nobody's way."""


class AccountRemover:
    """Removes what a closed account leaves behind, a little in each run, until nothing is left.

    How far it has come stands nowhere but in what is left: so a run may be repeated, or die
    anywhere. When nothing is left for the first time, deliveries that began before may still put
    statuses into the feed: it looks again until none has been under way for as long as a message
    can be delayed. Only then is the end set from which somebody else may have the alias.
    """

    def __init__(
        self,
        *,
        accounts: AccountDao,
        pictures: PictureService,
        belongings: Sequence[Belongings],
        arrivals: Arrivals,
        chores: ChoreQueue,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._pictures = pictures
        self._belongings = belongings
        self._arrivals = arrivals
        self._chores = chores
        self._clock = clock

    def run(self, removal: AccountRemoval) -> None:
        """Remove things for about a second, and call for the next run where that is needed.

        Unavailable when a store or queue is away: it can then be run again.
        """
        closed = self._accounts.find_closed(removal.account_id)
        if closed is None or closed.story_tag != removal.story_tag:
            self._wait_or_drop(removal)
            return
        if removal.picture_key:  # first: unlike the rest, it is still open to who has its address
            self._pictures.delete(removal.picture_key)
            removal = replace(removal, picture_key=None)
        pause = self._remove(closed, self._clock() + timedelta(seconds=_SLICE_SECONDS))
        if pause is not None:
            self._chores.put(removal, pause)
        else:
            self._look_for_more(closed, removal)

    def _wait_or_drop(self, removal: AccountRemoval) -> None:
        """Deal with an account that is not closed: not yet, or never, or that is gone.

        Nothing is concluded before the request is over that may be closing it at this moment.
        """
        if self._clock() - removal.queued_at < REQUEST_IS_OVER:
            self._chores.put(removal, _WAIT_SECONDS)
        else:
            logger.info("dropped the removal of %s, which is not closed", removal.account_id)

    def _remove(self, closed: ClosedAccount, stop_at: datetime) -> float | None:
        """Return the seconds to pause before the next run, None when nothing is left."""
        for belongings in self._belongings:
            while (wait := belongings.remove_some(closed)) is not None:
                if wait or self._clock() >= stop_at:
                    return max(wait, _PAUSE_SECONDS)
        return None

    def _look_for_more(self, closed: ClosedAccount, removal: AccountRemoval) -> None:
        gone_at = removal.gone_at or self._clock()
        is_quiet = not self._arrivals.are_due(gone_at)
        if is_quiet and removal.is_quiet:
            self._accounts.release(closed, closed.closed_at + ALIAS_HELD)
            logger.info("nothing is left of %s", closed.id)
            return
        again = replace(removal, gone_at=gone_at, is_quiet=is_quiet)
        self._chores.put(again, _LOOK_AGAIN_SECONDS)


class FollowsAndSessions:
    """The `Belongings` of an account that are kept beside it."""

    def __init__(self, *, follows: FollowDao, sessions: SessionDao) -> None:
        self._follows = follows
        self._sessions = sessions

    def remove_some(self, closed: ClosedAccount) -> float | None:
        """Remove some follows, in either direction, or some of the rest, if there is any."""
        for roster in Roster:
            members = self._follows.some_members(closed.id, roster, _PAGE)
            if members:
                self._follows.cut(closed.id, roster, members)
                return 0.0
        is_more = self._follows.delete_some_former(closed.id)
        is_more |= self._sessions.delete_some(closed.id)
        return 0.0 if is_more else None
