"""The planner: gives the feed table's capacity of the next seconds to the fan-outs in line."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from accounts.interfaces import FollowDao
from feeds.budget import Budget, Trial, peak_of
from feeds.cutting import cut, read_audience
from feeds.entities import Outline, Plan, TakeTurns
from feeds.interfaces import Delayed, DeliveryDao, Line, Queue
from feeds.pacing import Pacer
from feeds.turns import Waiting, take_turns
from statuses.entities import Status
from statuses.ids import created_at_of
from statuses.interfaces import StatusDao
from tweeter import logs
from tweeter.errors import TweeterError
from tweeter.store import Outdated

logger = logging.getLogger(__name__)

HORIZON = 3.0
"""Seconds of capacity given away ahead of time. A change of the capacity, and whoever posts to few
followers, waits for no more than this."""
_MARGIN = 1.0
"""Seconds before what is given away ends at which the next run comes."""
_TRIAL_SECONDS = 2.0
"""Seconds of capacity written at once to find out whether any is saved."""
_EARLY = 0.3
"""Seconds by which a run may come before its time."""
_REST_SECONDS = 55.0
"""For how long one that could not be cut has no turns. Its job, which comes back every minute, gets
it going again: once the cause is mended it goes out, and until then it costs next to nothing."""
_RESERVE_SECONDS = 5.0
"""What must remain of an invocation to cut another fan-out."""


@dataclass(slots=True)
class Grant:
    """Chunks that a fan-out may have written, each with the earliest time for it."""

    plan: Plan
    times: list[float] = field(default_factory=list)


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

        Unavailable when a store or queue is away: it can then be run again.
        """
        stop_at = self._pacer.now() + seconds_left - _RESERVE_SECONDS
        for grant in self._take_charge(stop_at):
            if self._pacer.now() < stop_at:
                with logs.bound(request_id=grant.plan.request_id):
                    self._cut(grant)

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
        outline = Outline(len(members), len(chunks), started_at)
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
        after, grants = self._divide(line, self._tried(budget))
        # The next run is called for first, so that a crash costs no more than this one.
        self._runs.send([Delayed(TakeTurns(), after.next_turns_at - self._pacer.now())])
        self._pacer.replace(after, revision)
        return grants

    def _has_closed(self, budget: Budget, revision: int) -> bool:
        """Take down that nobody is in line; tell whether that is still so.

        Who joins looks for a run in charge afterwards, and so either finds none, or is found here.
        """
        if budget.next_turns_at:
            idle = replace(budget, next_turns_at=0.0, trusted=False, trial=None, open=True)
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
        if self._statuses.find(trial.status_id) is None:
            return replace(budget, trial=None)  # deleted, and its chunks with it
        return budget

    def _divide(self, line: Sequence[Plan], budget: Budget) -> tuple[Budget, list[Grant]]:
        """Return the budget and the grants after everyone in line has had their turn."""
        now, rate = self._pacer.now(), self._pacer.rate()
        saved = self._from_saved(budget, now, rate)
        provisioned = max(0.0, (now + HORIZON - budget.given_until) * rate)
        if budget.trusted and saved:
            provisioned = 0.0  # it is saved, too, and so is there at once when its turn comes
        turns, is_slack_left = take_turns(
            [Waiting(_posted_at(plan), plan.remaining, plan.promised) for plan in line],
            now=budget.given_until - (budget.saved / rate if budget.trusted else 0.0),
            rate=rate,
            budget=provisioned + saved,
            chunk=self._chunk_size,
        )
        grants: dict[int, Grant] = {}
        for turn in turns:
            grant = grants.setdefault(turn.place, Grant(line[turn.place]))
            if saved and not budget.trusted:
                chunk = grant.plan.next_chunk + len(grant.times)
                budget = replace(budget, trial=Trial(grant.plan.status_id, chunk))
            before = budget.saved
            budget, time = budget.give(turn.entries, rate=rate, from_saved=saved)
            saved -= before - budget.saved
            grant.times.append(time)
        wait = max(_MARGIN, budget.given_until - now - _MARGIN)
        if budget.trial or budget.trusted:
            wait = _MARGIN
        after = replace(budget, next_turns_at=now + wait, open=is_slack_left)
        return after, list(grants.values())

    def _from_saved(self, budget: Budget, now: float, rate: float) -> float:
        """Return how many entries to write on saved capacity: first a trial, and once that is
        written, as many as the partitions take.

        A table without anything saved takes about a second's worth at once, so it takes the
        double of that to tell.
        """
        if budget.trusted:
            peak = max(0.0, (now + HORIZON - budget.peak_until) * peak_of(rate))
            return min(budget.saved, peak)
        trial = float(math.ceil(_TRIAL_SECONDS * rate / self._chunk_size) * self._chunk_size)
        return 0.0 if budget.trial or budget.saved < trial else trial

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
        if self._statuses.find(plan.status_id) is None:
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
        )
        now = self._pacer.now()
        if chunks:
            self._chunks.send(
                [
                    Delayed(chunk, max(0.0, time - now))
                    for chunk, time in zip(chunks, times, strict=False)
                ]
            )
        after = replace(
            plan,
            position=audience.next_position,
            next_chunk=plan.next_chunk + len(chunks),
            planned=plan.planned + len(audience.members),
            rests_until=0.0,
        )
        if after.position is None:
            outline = Outline(after.planned, after.next_chunk, plan.started_at)
            self._deliveries.put_outline(plan.status_id, outline)
            self._line.leave(plan)
        else:
            self._line.advance(plan, after)


def _posted_at(plan: Plan) -> float:
    return created_at_of(plan.status_id).timestamp()
