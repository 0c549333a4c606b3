"""Reading a feed, and how far a delivery has come."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.entities import Caller
from feeds.entities import Delivery, DeliveryState
from feeds.interfaces import DeliveryDao, FeedDao
from statuses.entities import AuthoredStatus, Reference
from statuses.interfaces import StatusDao
from statuses.services import StatusService
from tweeter.pages import Page, PageRequest, read_page


class FeedService:
    """What a person sees of feeds and deliveries."""

    def __init__(
        self,
        *,
        feeds: FeedDao,
        deliveries: DeliveryDao,
        statuses: StatusDao,
        status_service: StatusService,
    ) -> None:
        self._feeds = feeds
        self._deliveries = deliveries
        self._statuses = statuses
        self._status_service = status_service

    def page(self, caller: Caller, request: PageRequest) -> Page[AuthoredStatus]:
        """Return a page of the caller's feed, newest first; deleted statuses leave no gap."""

        def read(behind: PageRequest) -> Sequence[Reference]:
            return self._feeds.page(caller.account.id, behind)

        return read_page(request, read, self._statuses.find_authored)

    def delivery(self, caller: Caller, status_id: str) -> Delivery:
        """Return how far one of the caller's statuses has come; NotFound, Forbidden.

        `delivered` counts feeds of finished chunks, each once. `followers` is exact as soon as
        all of them have been read, and until then what the author's count was when posting.
        """
        status = self._status_service.get_own(caller, status_id)
        if status.followers == 0:  # exactly so: see StatusDao.put
            return Delivery(
                state=DeliveryState.DELIVERED,
                followers=0,
                delivered=0,
                started_at=status.created_at,
                finished_at=status.created_at,
            )
        plan, progress = self._deliveries.find(status_id)
        if plan is None:
            return Delivery(
                state=DeliveryState.QUEUED,
                followers=status.followers,
                delivered=0,
                started_at=None,
                finished_at=None,
            )
        finished = plan.complete and progress.delivered >= plan.planned
        return Delivery(
            state=DeliveryState.DELIVERED if finished else DeliveryState.DELIVERING,
            followers=plan.planned if plan.complete else max(plan.planned, status.followers),
            delivered=progress.delivered,
            started_at=plan.started_at,
            finished_at=(progress.updated_at or plan.started_at) if finished else None,
        )
