"""What the OpenAPI schema says of all endpoints alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from tweeter.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

F = TypeVar("F", bound=Callable[..., Any])
Body = type[serializers.Serializer[Any]]

PAGE_PARAMETERS = (
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
        description="Items on a page.",
    ),
    OpenApiParameter("cursor", str, description="Only ever taken from a page's `next`."),
)

_ALWAYS = {
    401: "No session, or one that is unknown or has ended.",
    406: "No representation that the client accepts.",
    503: "A store is away or throttles; try again after `Retry-After` seconds.",
}
_WITH_BODY = {
    400: "Something in the request is invalid; `attr` says what.",
    413: "The body is too large.",
    415: "A content type that is not understood.",
}
_OTHERS = {
    400: _WITH_BODY[400],
    403: "Not yours.",
    404: "There is no such thing.",
    409: "In conflict with what is stored; `code` says how.",
    429: "Too many attempts; try again after `Retry-After` seconds.",
}


class ErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="The field at fault, if one is.")


class ErrorResponseSerializer(serializers.Serializer[Any]):
    """Every error has this shape."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]


def describe(
    *,
    answers: Body | None,
    status: int = 200,
    body: Body | None = None,
    errors: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[F], F]:
    """Describe an endpoint: what it takes, what it answers, and with which errors beside those
    that every endpoint may give."""
    described = dict(_ALWAYS)
    if body is not None:
        described |= _WITH_BODY
    described |= {code: _OTHERS[code] for code in errors}
    responses: dict[int, Any] = {
        code: OpenApiResponse(ErrorResponseSerializer, text)
        for code, text in sorted(described.items())
    }
    responses[status] = answers or OpenApiResponse(description="Done.")

    def decorate(view: F) -> F:
        summary = (view.__doc__ or "").partition(".")[0].replace("\n", " ").strip()
        schema: Callable[[F], F] = extend_schema(
            summary=summary, request=body, parameters=list(parameters), responses=responses
        )
        return schema(view)

    return decorate


def page_of(item: Body) -> Body:
    """Return the serializer that describes a page of `item`s."""
    name = item.__name__.removesuffix("Serializer") + "Page"
    return type(
        inline_serializer(
            name,
            {
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True, help_text="Always null."),
                "results": item(many=True),
            },
        )
    )


def with_server(
    result: dict[str, Any], request: Request | None, **_generation: Any
) -> dict[str, Any]:
    """Return the schema with the address that its paths go on from, as its reader came by it.

    The paths of an OpenAPI document begin after a prefix such as API Gateway's stage. A schema that
    is written to a file has no address.
    """
    if request is None:
        return result
    return result | {"servers": [{"url": reverse("root", request=request).rstrip("/")}]}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token."""

    target_class = "tweeter.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return OpenAPI's description of it."""
        return {"type": "http", "scheme": "bearer"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The browsable API's cookie, which the schema leaves out: it is for clients with tokens."""

    target_class = "tweeter.api.authentication.CookieAuthentication"
    name: list[str] = []

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:
        """Return no scheme."""
        return []

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Return no requirement."""
        return []
