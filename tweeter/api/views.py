"""The base of all views, and the endpoints that belong to no app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from tweeter.api.browsable.renderer import PageRenderer
from tweeter.api.errors import error_response
from tweeter.api.openapi import Body, answered, describe
from tweeter.errors import Unavailable
from tweeter.health import unhealthy_parts


class TweeterViewSet(ViewSet):
    """A viewset over services: what an action takes and answers stands in its `describe`, once."""

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        """Refuse a request: as Unavailable, and not as that of nobody, where it may be of somebody
        whose session can't be looked up."""
        if isinstance(request.auth, Unavailable):
            raise request.auth
        super().permission_denied(request, message, code)

    def parse(self, request: Request) -> Mapping[str, Any]:
        """Return the fields of the body that the present action takes; ValidationError."""
        body: Body = getattr(self, self.action).request_body
        serializer = body(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields: Mapping[str, Any] = serializer.validated_data
        return fields

    def answer(
        self, serializer: Body, instance: object, status_code: int = status.HTTP_200_OK
    ) -> Response:
        """Return an object as clients see it."""
        data = serializer(instance, context={"request": self.request}).data
        return Response(data, status_code)

    def many(self, serializer: Body) -> Callable[[Sequence[Any]], Any]:
        """Return the function that turns a page's items into what clients see."""
        one = serializer(context={"request": self.request})
        return lambda items: [one.to_representation(item) for item in items]


class RootView(APIView):
    """Where everything begins."""

    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Link to what there is."""
        names = {
            "accounts": "accounts",
            "own_account": "own-account",
            "sessions": "sessions",
            "current_session": "current-session",
            "statuses": "statuses",
            "feed": "feed",
            "schema": "schema",
            "docs": "docs",
            "health": "health",
        }
        return Response({key: reverse(name, request=request) for key, name in names.items()})

    def get_view_name(self) -> str:
        """Return the heading of the page."""
        return "Tweeter"


@answered({"status": "ok"})
class HealthSerializer(serializers.Serializer[Any]):
    """All is well."""

    status = serializers.ChoiceField(["ok"])


class HealthView(APIView):
    """Whether the tables and queues answer."""

    authentication_classes: Sequence[Any] = []
    permission_classes = [AllowAny]

    @describe("check_health", tag="health", answers=HealthSerializer, knows_sessions=False)
    def get(self, request: Request) -> Any:
        """Tell whether the tables and queues answer. 200 when all do, 503 when one does not. No
        token is looked at, so that a bad one is not refused: monitors are answered in any case."""
        unhealthy = unhealthy_parts()
        if unhealthy:
            detail = f"These do not answer: {', '.join(unhealthy)}."
            return error_response(503, "unavailable", detail, {"Retry-After": "5"}, request=request)
        return Response({"status": "ok"})


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema."""

    permission_classes = [AllowAny]
    renderer_classes = [*SpectacularAPIView.renderer_classes, PageRenderer]


class DocsView(SpectacularSwaggerSplitView):
    """The page that shows the schema. Its script comes by itself, since no page may hold one."""

    http_method_names = ["get", "head"]  # its template has nothing to describe OPTIONS with
    permission_classes = [AllowAny]
