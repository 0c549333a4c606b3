"""A bound for what comes before a request's body."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tweeter.api.errors import error_response

MAX_HEAD_BYTES = 16_384
"""Path, query and headers together. API Gateway lets 10,240 through (AWS: "Quotas for configuring
and running a REST API"), so this binds only where something else stands in front."""


class HeadLimit:
    """Refuses a request whose path, query and headers are larger than anybody needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413, or pass on what is small enough."""
        if _head_bytes(request) > MAX_HEAD_BYTES:
            detail = "The request's path, query and headers are larger than is accepted."
            return error_response(413, "request_too_large", detail)
        return self._get_response(request)


def _head_bytes(request: HttpRequest) -> int:
    """Return about how many bytes there are; WSGI has a character for each byte."""
    return sum(
        len(name) + len(str(value))
        for name, value in request.META.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "PATH_INFO", "QUERY_STRING"}
    )
