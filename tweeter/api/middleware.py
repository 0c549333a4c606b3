"""What happens around every request, whatever its view."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from accounts.entities import Caller
from accounts.pictures import DEFAULT_LIMITS
from tweeter import deadline, logs, metrics
from tweeter.api.errors import TOO_LARGE, error_response, page_or_error
from tweeter.api.request_head import MAX_HEAD_BYTES, head_bytes
from tweeter.config import get_config
from tweeter.errors import TweeterError
from tweeter.metrics import Metric

logger = logging.getLogger(__name__)

_MEASURED_ROUTES = frozenset({"feed", "statuses"})
"""Routes with a metric of their own, each of which costs money: what people wait for most."""


class RequestContext:
    """Gives a request its id, and when it is answered writes a line about it and its metrics.

    It stands outermost, so that everything that is logged for a request carries the id, and the
    time is that of the whole application. Clients find the id in `X-Request-Id`. Bodies, headers
    and queries, which may hold passwords and tokens, are never logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and return its answer with the id."""
        started = time.perf_counter()
        request_id = _request_id(request)
        invocation = getattr(request.META.get("lambda.context"), "aws_request_id", None)
        with logs.bound(request_id=request_id, function_request_id=invocation):
            response = self._get_response(request)
            _record(request, response.status_code, (time.perf_counter() - started) * 1000)
        response.headers["X-Request-Id"] = request_id
        return response


class Deadline:
    """Ends a request that waits for AWS for too long, and answers for it.

    Whatever is away or slow, the last call to AWS ends after `TWEETER_REQUEST_SECONDS` at the
    latest: 8, where one call to a service that never answers takes 3 x (1 s to connect + 2 s).
    What a request computes comes on top; none of it takes 2 seconds in 512 MB of memory, so that
    its answer is there within 10.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._seconds = get_config().request_seconds

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with its deadline."""
        with deadline.within(self._seconds):
            return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for an error that no view of Django REST Framework's did: one of our own family,
        by a page for people or while a page was being made."""
        return page_or_error(request, error) if isinstance(error, TweeterError) else None


class HeadLimit:
    """Refuses a request whose path, query and headers are larger than anybody needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413, or pass on what is small enough."""
        if head_bytes(request.META) > MAX_HEAD_BYTES:
            detail = "The request's path, query and headers are larger than is accepted."
            return error_response(413, "request_too_large", detail)
        return self._get_response(request)


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
            return error_response(
                400, "parse_error", "Content-Length is not a number.", request=request
            )
        if len(length) > 12 or int(length) > self._max_bytes:
            return _too_large(request)
        return self._get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    """Return the 413 for a body, which for people tells of the picture in their form."""
    if request.content_type != "multipart/form-data":
        return page_or_error(request, TOO_LARGE)
    megabytes = DEFAULT_LIMITS.max_bytes / 1e6
    return page_or_error(request, TOO_LARGE, "tweeter/too_large.html", megabytes=f"{megabytes:g}")


def _request_id(request: HttpRequest) -> str:
    """Return API Gateway's id of a request, or a new one where it did not come that way.

    A client's own `X-Request-Id` counts for nothing: it could pass its request off as another.
    """
    event = request.META.get("lambda.event") or {}  # which Zappa hands on
    given = (event.get("requestContext") or {}).get("requestId")
    return logs.as_request_id(given) or uuid4().hex


def _record(request: HttpRequest, status: int, milliseconds: float) -> None:
    match = request.resolver_match
    route = match.view_name if match else "none"
    auth = getattr(request, "auth", None)  # put there by DRF, once it has looked for a session
    fields = {
        "method": request.method,
        "route": route,
        "status": status,
        "milliseconds": round(milliseconds, 1),
        "account": auth.account.id if isinstance(auth, Caller) else None,
    }
    path = escape_uri_path(request.path_info)
    logger.info("%s %s %d %d ms", request.method, path, status, milliseconds, extra=fields)
    measured = route if route in _MEASURED_ROUTES else "other"
    metrics.add(Metric.REQUEST_MILLISECONDS, milliseconds, route=measured)
    if status >= 500:
        metrics.add(Metric.SERVER_ERRORS, 1)
    metrics.flush()
