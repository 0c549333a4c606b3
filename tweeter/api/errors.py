"""The one place where errors of services become HTTP statuses, in the one shape that clients know.

The shape is drf-standardized-errors': `{"type", "errors": [{"code", "detail", "attr"}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from tweeter import errors

_STATUSES: dict[type[errors.TweeterError], int] = {
    errors.InvalidInput: status.HTTP_400_BAD_REQUEST,
    errors.Unauthenticated: status.HTTP_401_UNAUTHORIZED,
    errors.Forbidden: status.HTTP_403_FORBIDDEN,
    errors.NotFound: status.HTTP_404_NOT_FOUND,
    errors.Conflict: status.HTTP_409_CONFLICT,
    errors.TooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyRequests: status.HTTP_429_TOO_MANY_REQUESTS,
    errors.Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}

TOO_LARGE = errors.TooLarge("request_too_large", "The request body is larger than is accepted.")

_NO_MEDIA_TYPE = "A body is JSON, form-encoded or multipart, in UTF-8."


class TweeterExceptionHandler(ExceptionHandler):
    """drf-standardized-errors' handler, which also knows our own family of errors."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return the DRF exception that says the same as `exc`."""
        if isinstance(exc, RequestDataTooBig):
            exc = TOO_LARGE
        elif isinstance(exc, SuspiciousOperation | MultiPartParserError):
            return exceptions.ParseError("The request is malformed.")
        elif isinstance(exc, exceptions.UnsupportedMediaType):
            return exceptions.UnsupportedMediaType("", _NO_MEDIA_TYPE)
        if isinstance(exc, errors.InvalidInput):
            return _validation_error(exc)
        if isinstance(exc, errors.TweeterError):
            return _api_exception(exc)
        return super().convert_known_exceptions(exc)

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        """Return the answer: as JSON or as a page, whatever its view renders when all goes well."""
        view: Any = self.context["view"]
        request: Any = self.context["request"]
        view.renderer_classes = api_settings.DEFAULT_RENDERER_CLASSES
        negotiated = view.perform_content_negotiation(request, force=True)
        request.accepted_renderer, request.accepted_media_type = negotiated
        return super().get_response(exc, data)

    def report_exception(self, exc: exceptions.APIException, response: Response) -> None:
        """Report faults of ours; a store that is away is none, and has been logged where it was
        noticed."""
        if exc.status_code != status.HTTP_503_SERVICE_UNAVAILABLE:
            super().report_exception(exc, response)


def status_of(error: errors.TweeterError) -> int:
    """Return the HTTP status of an error of our family."""
    return _STATUSES[type(error)]


def headers_of(error: errors.TweeterError) -> dict[str, str]:
    """Return the headers that go with it: when to try again, where that is known."""
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        return {"Retry-After": str(error.retry_after)}
    return {}


def page_or_error(
    request: HttpRequest,
    error: errors.TweeterError,
    template: str = "tweeter/error.html",
    **context: object,
) -> HttpResponse:
    """Return the answer for an error outside of DRF's views: a page for a browser, which asks for
    HTML, and the one shape for all others."""
    if wants_page(request):
        return error_page(request, template, error, **context)
    return error_response(status_of(error), error.code, error.message, headers_of(error))


def error_page(
    request: HttpRequest, template: str, error: errors.TweeterError, **context: object
) -> HttpResponse:
    """Return a page for people that shows `error.message`."""
    problem = {"code": error.code, "detail": error.message}
    return _page(request, template, problem, status_of(error), headers_of(error), **context)


def error_response(
    status_code: int,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    *,
    request: HttpRequest | None = None,
) -> HttpResponse:
    """Return an error in the one shape, for answers that are given outside of DRF's views; as a
    page when `request` would rather have one."""
    kind = "server_error" if status_code >= 500 else "client_error"
    error = {"code": code, "detail": detail, "attr": None}
    if request is not None and wants_page(request):
        return _page(request, "tweeter/error.html", error, status_code, headers or {})
    body = {"type": kind, "errors": [error]}
    return JsonResponse(body, status=status_code, headers=headers)


def wants_page(request: HttpRequest) -> bool:
    """Tell whether the client would rather have HTML than JSON, as browsers would."""
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a path that no endpoint has."""
    return error_response(404, "not_found", "There is nothing at this path.", request=request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a request that Django refuses before any view, such as one for a foreign host."""
    return error_response(400, "parse_error", "The request is malformed.", request=request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours; what it was stands in the log."""
    return error_response(500, "error", "Something went wrong on our side.", request=request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form without its token; browsers only, since bearer tokens need none."""
    detail = f"The form can't be trusted: {reason}"
    return error_response(403, "permission_denied", detail, request=request)


def _page(
    request: HttpRequest,
    template: str,
    problem: Mapping[str, Any],
    status_code: int,
    headers: Mapping[str, str],
    **context: object,
) -> HttpResponse:
    told = {
        "problems": [problem],
        "retry_after": headers.get("Retry-After"),
        "status_code": status_code,
    }
    content = render_to_string(template, context | told, request)
    return HttpResponse(content, status=status_code, headers={"Vary": "Accept", **headers})


def _validation_error(error: errors.InvalidInput) -> exceptions.ValidationError:
    detail: dict[str, list[Any]] = {}
    for problem in error.problems:
        attr = problem.attr or "non_field_errors"
        detail.setdefault(attr, []).append(
            exceptions.ErrorDetail(problem.message, code=problem.code)
        )
    return exceptions.ValidationError(detail)


def _api_exception(error: errors.TweeterError) -> exceptions.APIException:
    """Return the DRF exception that says the same as an error without a field at fault."""
    converted = exceptions.APIException(detail=error.message, code=error.code)
    converted.status_code = status_of(error)
    if isinstance(error, errors.Unauthenticated):
        converted.auth_header = "Bearer"  # type: ignore[attr-defined]
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        converted.wait = error.retry_after  # type: ignore[attr-defined]
    return converted
