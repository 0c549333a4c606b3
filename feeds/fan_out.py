"""The fan-out: what becomes of a posted status until its followers are cut into chunks."""

from __future__ import annotations

import logging

from accounts.interfaces import AccountDao
from feeds.entities import FanOutJob, Plan, TakeTurns
from feeds.interfaces import Delayed, DeliveryDao, Line, Queue
from feeds.pacing import Pacer
from feeds.planner import Planner
from statuses.entities import Status
from statuses.interfaces import StatusDao
from tweeter.clock import REQUEST_IS_OVER, Clock
from tweeter.store import AlreadyExists

logger = logging.getLogger(__name__)

PROMISED_SECONDS = 115.0
"""A fan-out that the order of arrival would have out so soon after its posting is promised to be in
time: the 120 seconds that are asked for, less what queues, writes and those before it may take."""
_WAIT_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 60.0
"""After which a job looks whether its fan-out still gets its turns."""


class FanOut:
    """Starts the fan-out of each status, and sees to it that it comes to its end.

    Followers that fit into one chunk are sent at once. More of them wait in line, where the
    planner gives each fan-out its turns. The job comes back from time to time until its fan-out
    is out of the line: whatever has been lost, it gets going again.
    """

    def __init__(
        self,
        *,
        accounts: AccountDao,
        statuses: StatusDao,
        deliveries: DeliveryDao,
        line: Line,
        planner: Planner,
        jobs: Queue,
        pacer: Pacer,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._statuses = statuses
        self._deliveries = deliveries
        self._line = line
        self._planner = planner
        self._jobs = jobs
        self._pacer = pacer
        self._clock = clock

    def run(self, message: FanOutJob | TakeTurns, seconds_left: float) -> None:
        """Do what a message of the fan-out queue asks for, which may take `seconds_left`.

        Unavailable when a store or queue is away: the same message can then be run again.
        """
        if isinstance(message, TakeTurns):
            self._planner.run(seconds_left)
        elif self._is_in_line(message):
            self._planner.run(seconds_left)
            # Last: what fails before this comes again by itself, and shall not be two by then.
            self._jobs.send([Delayed(message, _LOOK_AGAIN_SECONDS)])

    def _is_in_line(self, job: FanOutJob) -> bool:
        """Have a fan-out wait for its turns, and tell whether it does: not when there is no status
        to deliver, nor when all of it has been sent, if need be just now."""
        status = self._statuses.find(job.status_id)
        if status is None:
            self._wait_or_drop(job)
            return False
        if self._line.find(job.status_id) is None:
            outline, _ = self._deliveries.find(job.status_id)
            is_sent = outline is not None or self._planner.send_at_once(
                status, self._clock(), job.request_id
            )
            if is_sent:
                return False
            self._join(status, job.request_id)
        return True

    def _join(self, status: Status, request_id: str | None) -> None:
        budget, _ = self._pacer.budget()
        ahead = sum(plan.remaining for plan in self._line.all())
        out_at = budget.given_until + (ahead + status.followers) / self._pacer.rate()
        plan = Plan(
            status_id=status.id,
            author_id=status.author_id,
            followers=status.followers,
            promised=out_at - status.created_at.timestamp() <= PROMISED_SECONDS,
            started_at=self._clock(),
            request_id=request_id,
        )
        try:
            self._line.join(plan)
        except AlreadyExists:
            logger.info("%s is in line already", status.id)

    def _wait_or_drop(self, job: FanOutJob) -> None:
        """Deal with a status that is not there: not yet, never, or no more."""
        author = self._accounts.find(job.author_id)
        if author is None or author.last_status_id >= job.status_id:
            # A status is stored only as its author's newest, so this one never will be (again),
            # unless it has been since we looked: then it is there now.
            if self._statuses.is_there(job.status_id):
                self._jobs.send([Delayed(job)])
            else:
                logger.info("dropped %s: deleted, or never stored", job.status_id)
        elif self._clock() - job.queued_at < REQUEST_IS_OVER:
            self._jobs.send([Delayed(job, _WAIT_SECONDS)])
        else:
            logger.info("dropped %s: its request never stored it", job.status_id)
