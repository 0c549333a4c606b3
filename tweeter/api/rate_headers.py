"""What clients are told of the limits that their request counted for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tweeter import limits

LIMIT, REMAINING, RESET = "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"
"""Of draft-ietf-httpapi-ratelimit-headers-06, the last one with a header for each figure, which is
what clients know; later ones put all into a single `RateLimit`."""


class RateHeaders:
    """Puts the tightest of the limits that were looked at for a request on its answer, allowed or
    refused. An answer without these headers counted for no limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and return its answer with the headers."""
        with limits.noted() as standings:
            response = self._get_response(request)
            tightest = limits.tightest(standings)
        if tightest:
            response.headers[LIMIT] = str(tightest.limit)
            response.headers[REMAINING] = str(tightest.remaining)
            response.headers[RESET] = str(tightest.reset_seconds)
        return response
