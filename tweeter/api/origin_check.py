"""What pages of other sites have browsers send is refused, whatever it is; forms without our token
are, too (`tweeter/api/forgery.py`)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import SAFE_METHODS

from tweeter.api.errors import error_response

_ELSEWHERE = frozenset({"cross-site", "same-site"})
"""What browsers say in Sec-Fetch-Site of what pages of other origins send. Programs say nothing.
Source: W3C, Fetch Metadata Request Headers, "The Sec-Fetch-Site HTTP Request Header"."""


class OriginCheck:
    """Refuses what pages of other origins send, whatever the endpoint.

    Without a session, too: failed sign-ins and sign-ups count for their sender's address, so that
    another site could keep its visitors out of here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 403, or pass the request on."""
        if _is_sent_from_elsewhere(request):
            detail = "This was sent by a page of another site."
            return error_response(403, "permission_denied", detail, request=request)
        return self._get_response(request)


def _is_sent_from_elsewhere(request: HttpRequest) -> bool:
    """Tell whether a page had a browser ask for more than reading, and is of another origin, but
    for those of web clients that may call the API."""
    return (
        request.method not in SAFE_METHODS
        and request.headers.get("Sec-Fetch-Site") in _ELSEWHERE
        and request.headers.get("Origin") not in settings.CORS_ALLOWED_ORIGINS
    )
