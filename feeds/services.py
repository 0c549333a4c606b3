"""Reading a feed, and how far a delivery has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from accounts.entities import Caller
from feeds.entities import Delivery, DeliveryState, Plan
from feeds.interfaces import DeliveryDao, FeedDao, Line
from statuses.entities import AuthoredStatus, Reference, Status
from statuses.interfaces import StatusDao
from statuses.services import StatusService
from tweeter.pages import Page, PageRequest, read_page
from tweeter.store import Damaged

_CLOCKS_APART = timedelta(days=1)
"""Surely more than the clocks of two machines differ by, and less than an alias is held for."""


class FeedService:
    """What a person sees of feeds and deliveries."""

    def __init__(
        self,
        *,
        feeds: FeedDao,
        deliveries: DeliveryDao,
        line: Line,
        statuses: StatusDao,
        status_service: StatusService,
    ) -> None:
        self._feeds = feeds
        self._deliveries = deliveries
        self._line = line
        self._statuses = statuses
        self._status_service = status_service

    def page(self, caller: Caller, request: PageRequest) -> Page[AuthoredStatus]:
        """Return a page of the caller's feed, newest first; deleted statuses leave no gap.

        What an earlier account of the same alias may have left in its feed is older than the
        caller's account, by the time for which an alias is held. It is not shown.
        """
        oldest = caller.account.created_at - _CLOCKS_APART

        def read(behind: PageRequest) -> Sequence[Reference]:
            return self._feeds.page(caller.account.id, behind, oldest)

        return read_page(request, read, self._statuses.find_authored)

    def delivery(self, caller: Caller, status_id: str) -> Delivery:
        """Return how far one of the caller's statuses has come; NotFound, Forbidden.

        `delivered` counts feeds of finished chunks, each once; where a worker died and somebody
        unfollowed just then, it may be too high, by the chunks of one run at most, until all have
        the status. `followers` is
        exact as soon as all of them have been read, and until then what the author's count was when
        posting.
        """
        return self._delivery(self._status_service.get_own(caller, status_id))

    def watch(self, status_id: str) -> Delivery:
        """Return the same of anybody's status, for those who run the system; NotFound."""
        return self._delivery(self._status_service.get(status_id).status)

    def _delivery(self, status: Status) -> Delivery:
        if status.followers == 0:  # exactly so: see StatusDao.put
            return Delivery(
                state=DeliveryState.DELIVERED,
                followers=0,
                delivered=0,
                started_at=status.created_at,
                finished_at=status.created_at,
            )
        plan = self._plan(status.id)  # first: who is not in line any more has an outline
        outline, progress = self._deliveries.find(status.id)
        if outline is None:
            planned = plan.planned if plan else 0
            followers = max(planned, status.followers)
            delivered = min(progress.delivered, followers)
            return Delivery(
                state=DeliveryState.DELIVERING if planned or delivered else DeliveryState.QUEUED,
                followers=followers,
                delivered=delivered,
                started_at=plan.started_at if planned and plan else None,
                finished_at=None,
            )
        finished = outline.is_met_by(progress)
        return Delivery(
            state=DeliveryState.DELIVERED if finished else DeliveryState.DELIVERING,
            followers=outline.planned,
            delivered=outline.planned if finished else min(progress.delivered, outline.planned),
            started_at=outline.started_at,
            finished_at=(progress.updated_at or outline.started_at) if finished else None,
        )

    def _plan(self, status_id: str) -> Plan | None:
        """Return how far the planning has come, None where that is unknown: nothing is planned yet,
        all is, or the plan is damaged."""
        try:
            return self._line.find(status_id)
        except Damaged:
            return None
