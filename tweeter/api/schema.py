"""How the OpenAPI schema is made of views, where drf-spectacular would make something else."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request
from rest_framework.reverse import reverse


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


class Schema(AutoSchema):
    """drf-spectacular's, which also tells of the body of a DELETE, where it takes one.

    An operation either needs a session or has no `security` at all: none answers somebody who is
    signed in otherwise than others, and generated clients take optional security for a duty.
    """

    def get_auth(self) -> list[dict[str, Any]]:
        """Return the token where a session is needed."""
        auth: list[dict[str, Any]] = super().get_auth()
        return [] if {} in auth else auth

    def _get_request_body(self, direction: str = "request") -> Any:
        method, self.method = self.method, "POST" if self.method == "DELETE" else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method


class TextFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A string, with the limits and the example that its field tells."""

    target_class = "tweeter.api.fields.TextField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Return OpenAPI's description of it."""
        return {"type": "string", **self.target.limits, "example": self.target.example}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token."""

    target_class = "tweeter.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return OpenAPI's description of it."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The `token` of a session, from `POST /sessions/` or `POST /accounts/`.",
        }


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
