"""Statuses and stories over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.serializers import ALIAS_PARAMETER
from statuses.examples import STATUS
from statuses.serializers import ExportSerializer, PostSerializer, StatusSerializer, export_pages
from tweeter import wiring
from tweeter.api.authentication import caller_of
from tweeter.api.openapi import CURSOR_PARAMETER, PAGE_PARAMETERS, describe, page_of
from tweeter.api.pagination import CursorPages
from tweeter.api.views import TweeterViewSet

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters. Within 24 hours, the same key and text give "
    "the same status again and post once. The same key with another text is a 409, "
    "`idempotency_key_reused`; so is one whose status has been deleted meanwhile.",
)

STATUS_PARAMETER = OpenApiParameter(
    "status_id",
    {"type": "string", "minLength": 1},
    OpenApiParameter.PATH,
    description="A status's `id`, as it came from the API.",
)

StatusPage = page_of(StatusSerializer, STATUS, "/feed/")


class StatusesViewSet(TweeterViewSet):
    """Posting."""

    @describe(
        "post_status",
        tag="statuses",
        body=PostSerializer,
        answers=StatusSerializer,
        status=201,
        errors=[429],
        conflicts=["idempotency_key_reused"],
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Post a status, to be delivered to everyone who follows the caller at this moment."""
        posted = wiring.status_service().post(
            caller_of(request),
            self.parse(request)["text"],
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
        return self.answer(StatusSerializer, posted, status.HTTP_201_CREATED)


class StatusViewSet(TweeterViewSet):
    """A status: anyone may read it, and its author delete it."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @describe(
        "read_status",
        tag="statuses",
        answers=StatusSerializer,
        errors=[404],
        parameters=[STATUS_PARAMETER],
    )
    def retrieve(self, request: Request, status_id: str) -> Response:
        """Show a status."""
        return self.answer(StatusSerializer, wiring.status_service().get(status_id))

    @describe(
        "delete_status",
        tag="statuses",
        answers=None,
        status=204,
        errors=[403, 404],
        parameters=[STATUS_PARAMETER],
    )
    def destroy(self, request: Request, status_id: str) -> Response:
        """Take a status out of its story and of every feed, at once; for its author only."""
        wiring.status_service().delete(caller_of(request), status_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StoryViewSet(TweeterViewSet):
    """An account's statuses."""

    permission_classes = [AllowAny]

    @describe(
        "read_story",
        tag="statuses",
        answers=StatusPage,
        errors=[400, 404],
        parameters=[ALIAS_PARAMETER, *PAGE_PARAMETERS],
    )
    def list(self, request: Request, alias: str) -> Response:
        """List an account's statuses, newest first."""
        pages = CursorPages(request, f"story:{alias.lower()}")
        page = wiring.status_service().page_of_story(alias, pages.requested())
        return pages.response(page, self.many(StatusSerializer))


class ExportViewSet(TweeterViewSet):
    """What is stored of the caller."""

    @describe(
        "export_own_data",
        tag="accounts",
        answers=ExportSerializer,
        errors=[400],
        parameters=[CURSOR_PARAMETER],
    )
    def retrieve(self, request: Request) -> Response:
        """Export one's own data: account, sessions, statuses and follows, in pages."""
        caller = caller_of(request)
        position = export_pages(request, caller.account).position()
        export = wiring.export_service().page(caller, position)
        return self.answer(ExportSerializer, export)
