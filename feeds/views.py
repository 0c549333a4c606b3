"""Feeds and deliveries over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from feeds.serializers import DeliverySerializer
from statuses.serializers import StatusSerializer
from statuses.views import STATUS_PARAMETER, StatusPage
from tweeter import wiring
from tweeter.api.authentication import caller_of
from tweeter.api.openapi import PAGE_PARAMETERS, describe
from tweeter.api.pagination import CursorPages
from tweeter.api.views import TweeterViewSet


class FeedViewSet(TweeterViewSet):
    """The caller's feed."""

    @describe("read_feed", tag="feed", answers=StatusPage, errors=[400], parameters=PAGE_PARAMETERS)
    def list(self, request: Request) -> Response:
        """List what those whom the caller follows posted, newest first."""
        caller = caller_of(request)
        pages = CursorPages(request, f"feed:{caller.account.id}")
        page = wiring.feed_service().page(caller, pages.requested())
        return pages.response(page, self.many(StatusSerializer))


class DeliveryViewSet(TweeterViewSet):
    """The delivery of a status."""

    @describe(
        "read_delivery",
        tag="statuses",
        answers=DeliverySerializer,
        errors=[403, 404],
        parameters=[STATUS_PARAMETER],
    )
    def retrieve(self, request: Request, status_id: str) -> Response:
        """Show how far the delivery to the followers' feeds has come; for the author only."""
        delivery = wiring.feed_service().delivery(caller_of(request), status_id)
        return self.answer(DeliverySerializer, delivery)
