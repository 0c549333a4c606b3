"""Checks before any view is chosen."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tweeter.api.errors import TOO_LARGE, error_response
from tweeter.config import get_config


class BodyLimit:
    """Refuses a request body that is larger than is accepted, before anything reads it.

    Servers in front of the application give every body a length: API Gateway and waitress both
    hold it whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._max_bytes = get_config().max_body_bytes

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413, or 400 for a length that is no number; pass on what is small enough."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit():
            return error_response(400, "parse_error", "Content-Length is not a number.")
        if len(length) > 12 or int(length) > self._max_bytes:
            return error_response(413, TOO_LARGE.code, TOO_LARGE.message)
        return self._get_response(request)
