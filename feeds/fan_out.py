"""The fan-out: from one status to chunks of feed entries, timed by the feed table's capacity."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from accounts.entities import AccountId
from accounts.interfaces import AccountDao, FollowDao
from feeds.entities import Chunk, FanOutJob, Plan
from feeds.interfaces import Delayed, DeliveryDao, Pacer, Queue
from statuses.interfaces import StatusDao
from tweeter.clock import Clock
from tweeter.store import Outdated

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""How long a job waits for its status. A request lives 30 s at most, so none can come later."""
_WAIT_SECONDS = 2.0
_MAX_STEP = 1_000
"""Followers read in one step at most, however large the capacity: one Query answers about 1 MB."""
_RESERVE_SECONDS = 5.0
"""What must remain of a run to take another step."""


class FanOut:
    """Cuts the followers of a status into chunks and queues each for its time.

    A run plans no further ahead than the horizon, then leaves a job for the rest: no number of
    followers outgrows a run, and whoever posts to few followers waits for no more than the
    horizon. The plan in the store, not the message, knows how far a status has come, so a job may
    be repeated, late, or picked up after a crash between any two calls: what a lost step had
    queued is queued again, and every chunk counts once.
    """

    def __init__(
        self,
        *,
        accounts: AccountDao,
        follows: FollowDao,
        statuses: StatusDao,
        deliveries: DeliveryDao,
        jobs: Queue,
        chunks: Queue,
        pacer: Pacer,
        clock: Clock,
        chunk_size: int,
        horizon_seconds: float,
    ) -> None:
        self._accounts = accounts
        self._follows = follows
        self._statuses = statuses
        self._deliveries = deliveries
        self._jobs = jobs
        self._chunks = chunks
        self._pacer = pacer
        self._clock = clock
        self._chunk_size = chunk_size
        self._horizon = horizon_seconds

    def run(self, job: FanOutJob, seconds_left: float) -> None:
        """Take a job as far as the horizon, and leave the rest to a later run.

        `seconds_left` is how long this run may take. Unavailable when a store or queue is away:
        the same job can then be run again.
        """
        if self._statuses.find(job.status_id) is None:
            self._wait_or_drop(job)
            return
        deadline = self._clock() + timedelta(seconds=seconds_left - _RESERVE_SECONDS)
        plan = self._deliveries.find_plan(job.status_id)
        while plan is None or not plan.complete:
            ahead = self._pacer.backlog()
            if ahead > self._horizon or self._clock() > deadline:
                self._jobs.send([Delayed(job, max(0.0, ahead - self._horizon / 2))])
                return
            try:
                plan = self._step(job, plan)
            except Outdated:
                logger.info("another run plans %s", job.status_id)
                return

    def _step(self, job: FanOutJob, before: Plan | None) -> Plan:
        """Queue the next chunks and return the plan after them; Outdated if another run did."""
        plan = before or Plan(None, 0, 0, complete=False, started_at=self._clock())
        audience = self._follows.audience(
            job.author_id, job.status_id, plan.position, self._step_size()
        )
        chunks = self._cut(job, plan.next_chunk, audience.members)
        if chunks:
            self._queue(chunks)
        after = replace(
            plan,
            position=audience.next_position,
            next_chunk=plan.next_chunk + len(chunks),
            planned=plan.planned + len(audience.members),
            complete=audience.next_position is None,
        )
        self._deliveries.advance(job.status_id, before, after)
        return after

    def _step_size(self) -> int:
        """Return how many followers one reservation covers: about a horizon's worth."""
        chunks = max(1, int(self._pacer.rate() * self._horizon / self._chunk_size))
        return min(chunks * self._chunk_size, max(_MAX_STEP, self._chunk_size))

    def _cut(self, job: FanOutJob, first: int, members: Sequence[AccountId]) -> list[Chunk]:
        cuts = range(0, len(members), self._chunk_size)
        groups = [tuple(members[cut : cut + self._chunk_size]) for cut in cuts]
        return [
            Chunk(job.status_id, job.author_id, first + number, len(owners), owners)
            for number, owners in enumerate(groups)
        ]

    def _queue(self, chunks: Sequence[Chunk]) -> None:
        """Send chunks so that each is received when the capacity reserved for it begins."""
        reservation = self._pacer.reserve(sum(chunk.size for chunk in chunks))
        messages = []
        before = 0
        for chunk in chunks:
            messages.append(Delayed(chunk, reservation.starts_in + before / reservation.rate))
            before += chunk.size
        self._chunks.send(messages)

    def _wait_or_drop(self, job: FanOutJob) -> None:
        """Deal with a status that is not there: not yet, never, or no more."""
        author = self._accounts.find(job.author_id)
        if author is None or author.last_status_id >= job.status_id:
            # A status is stored only as its author's newest, so this one never will be (again).
            logger.info("dropped %s: deleted, or never stored", job.status_id)
        elif self._clock() - job.queued_at < GRACE:
            self._jobs.send([Delayed(job, _WAIT_SECONDS)])
        else:
            logger.info("dropped %s: its request never stored it", job.status_id)
