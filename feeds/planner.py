"""The planner: gives the feed table's capacity of the next seconds to the fan-outs in line."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from accounts.interfaces import FollowDao
from feeds.budget import Budget
from feeds.cutting import cut, read_audience
from feeds.entities import Chunk, Outline, Plan, TakeTurns
from feeds.grants import Grant, divide
from feeds.interfaces import Delayed, DeliveryDao, Line, Queue
from feeds.pacing import Pacer
from statuses.entities import Status
from statuses.interfaces import StatusDao
from tweeter import logs
from tweeter.errors import TweeterError, Unavailable
from tweeter.store import Outdated

logger = logging.getLogger(__name__)

_EARLY = 0.3
"""Seconds by which a run may come before its time."""
_REST_SECONDS = 55.0
"""For how long one that could not be cut has no turns. Its job, which comes back every minute, gets
it going again: once the cause is mended it goes out, and until then it costs next to nothing."""
_RESERVE_SECONDS = 5.0
"""What must remain of an invocation to cut another fan-out."""


class Planner:
    """Gives out capacity in short runs, one at a time, each of which calls for the next.

    A run owns the capacity between two revisions of the budget, so that no two give away the same.
    It leaves everything as it was until what it gives away is taken down: after a crash anywhere
    the next run begins where the plans in line say, and the same chunks may be sent again.
    """

    def __init__(
        self,
        *,
        line: Line,
        follows: FollowDao,
        statuses: StatusDao,
        deliveries: DeliveryDao,
        runs: Queue,
        chunks: Queue,
        pacer: Pacer,
        chunk_size: int,
    ) -> None:
        self._line = line
        self._follows = follows
        self._statuses = statuses
        self._deliveries = deliveries
        self._runs = runs
        self._chunks = chunks
        self._pacer = pacer
        self._chunk_size = chunk_size

    def run(self, seconds_left: float) -> None:
        """Give out the capacity of the next seconds, unless another run has just done so.

        Unavailable when a store or queue is away before the next run is called for: it can then be
        run again. After that, the next run sees to whatever is left.
        """
        stop_at = self._pacer.now() + seconds_left - _RESERVE_SECONDS
        grants = self._take_charge(stop_at)
        try:
            for grant in grants:
                if self._pacer.now() < stop_at:
                    with logs.bound(request_id=grant.plan.request_id):
                        self._cut(grant)
        except Unavailable as error:
            logger.warning("left the rest to the next run: %s", error)

    def send_at_once(self, status: Status, started_at: datetime, request_id: str | None) -> bool:
        """Send the only chunk of a small fan-out ahead of the line; False when it has more than
        one, or must wait in line."""
        size = self._chunk_size
        if status.followers > size:
            return False
        audience = read_audience(self._follows, status.author_id, status.id, None, size + 1)
        members = audience.members
        delay = self._pacer.reserve_soon(len(members)) if 0 < len(members) <= size else None
        if members and delay is None:
            return False
        chunks = cut(status.id, status.author_id, 0, members, size, request_id)
        self._chunks.send([Delayed(chunk, delay or 0.0) for chunk in chunks])
        last = chunks[-1].last if chunks else 0
        outline = Outline(len(members), len(chunks), started_at, last)
        self._deliveries.put_outline(status.id, outline)
        return True

    def _take_charge(self, stop_at: float) -> list[Grant]:
        """Return what this run gives out: nothing where another run is in charge."""
        while self._pacer.now() < stop_at:
            budget, revision = self._pacer.budget()
            if budget.next_turns_at - _EARLY > self._pacer.now():
                return []
            line = self._awake()
            try:
                if line:
                    return self._give_out(line, budget, revision)
                if self._has_closed(budget, revision):
                    return []
            except Outdated:
                logger.debug("someone else has changed the budget")
        return []

    def _give_out(self, line: Sequence[Plan], budget: Budget, revision: int) -> list[Grant]:
        after, grants = divide(
            line,
            self._tried(budget),
            now=self._pacer.now(),
            rate=self._pacer.rate(),
            chunk=self._chunk_size,
        )
        # The next run is called for first, so that a crash costs no more than this one.
        self._runs.send([Delayed(TakeTurns(), after.next_turns_at - self._pacer.now())])
        try:
            self._pacer.replace(after, revision)
        except Unavailable as error:
            logger.warning("left all to the next run: %s", error)
            return []
        return grants

    def _has_closed(self, budget: Budget, revision: int) -> bool:
        """Take down that nobody is in line; tell whether that is still so.

        Who joins looks for a run in charge afterwards, and so either finds none, or is found here.
        """
        if budget.next_turns_at:
            idle = replace(budget, next_turns_at=0.0, trusted=False, trial=None, open_to_small=True)
            self._pacer.replace(idle, revision)
            return not self._awake()
        return True

    def _awake(self) -> Sequence[Plan]:
        """Return those in line who may have turns now."""
        now = self._pacer.now()
        return [plan for plan in self._line.all() if plan.rests_until <= now]

    def _tried(self, budget: Budget) -> Budget:
        """Return the budget after a look at the trial, if one is under way."""
        trial = budget.trial
        if trial is None:
            return budget
        if self._deliveries.is_finished(trial.status_id, trial.chunk):
            return replace(budget, trial=None, trusted=True)
        if trial.ends_at <= self._pacer.now():
            return replace(budget, trial=None)  # deleted, could not be cut, or lost
        return budget

    def _cut(self, grant: Grant) -> None:
        """Send the chunks that a fan-out was granted, and take down how far it has come."""
        try:
            self._send(grant.plan, grant.times)
        except Outdated:
            logger.info("another run plans %s", grant.plan.status_id)
        except TweeterError:
            raise
        except Exception:  # one that can't be cut must not keep all others from being
            logger.exception("could not cut the followers of %s", grant.plan.status_id)
            self._put_to_rest(grant.plan)

    def _put_to_rest(self, plan: Plan) -> None:
        """Give one that can't be cut no more of the capacity for a while."""
        try:
            rests_until = self._pacer.now() + _REST_SECONDS
            self._line.advance(plan, replace(plan, rests_until=rests_until))
        except Outdated:
            logger.info("another run plans %s", plan.status_id)

    def _send(self, plan: Plan, times: Sequence[float]) -> None:
        """Send a chunk for each of the times, and take down how far the fan-out has come.

        Outdated when another run has done so meanwhile.
        """
        if not self._statuses.is_there(plan.status_id):
            logger.info("dropped %s, which has been deleted", plan.status_id)
            self._line.leave(plan)
            return
        wanted = len(times) * self._chunk_size
        audience = read_audience(
            self._follows, plan.author_id, plan.status_id, plan.position, wanted
        )
        chunks = cut(
            plan.status_id,
            plan.author_id,
            plan.next_chunk,
            audience.members,
            self._chunk_size,
            plan.request_id,
            plan.behind,
        )
        self._send_at(times, chunks)
        after = replace(
            plan,
            position=audience.next_position,
            next_chunk=plan.next_chunk + len(chunks),
            planned=plan.planned + len(audience.members),
            behind=chunks[-1].last if chunks else plan.behind,
            rests_until=0.0,
        )
        self._take_down(plan, after)

    def _send_at(self, times: Sequence[float], chunks: Sequence[Chunk]) -> None:
        """Send chunks to be written at these times, of which there may be more."""
        now = self._pacer.now()
        self._chunks.send(
            [
                Delayed(chunk, max(0.0, time - now))
                for chunk, time in zip(chunks, times, strict=False)
            ]
        )

    def _take_down(self, before: Plan, after: Plan) -> None:
        """Take down how far a fan-out has come: out of the line when all of it is cut."""
        if after.position is None:
            outline = Outline(after.planned, after.next_chunk, after.started_at, after.behind)
            self._deliveries.put_outline(after.status_id, outline)
            self._line.leave(before)
        else:
            self._line.advance(before, after)
