"""Forms that are none of our pages' own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework import exceptions
from rest_framework.request import Request

from tweeter.api.parsers import refused_if_unreadable


class FormCheck(CsrfViewMiddleware):
    """Django's check of forms against forgery, which also refuses a form that it can't read."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Any,
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        """Return the answer to a form that can't be trusted, else None; MultiPartParserError."""
        with refused_if_unreadable():
            return super().process_view(request, callback, callback_args, callback_kwargs)


def check_csrf(request: Request) -> None:
    """Raise PermissionDenied unless a form comes from a page of ours; MultiPartParserError."""

    def no_answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = _CheckOfView(no_answer)
    django_request = request._request  # noqa: SLF001 - as DRF's SessionAuthentication does
    check.process_request(django_request)
    reason = check.process_view(django_request, no_answer, (), {})
    if reason:
        message = f"The form can't be trusted: {reason}"
        raise exceptions.PermissionDenied(message)


class _CheckOfView(FormCheck):
    """The same check, giving the reason instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason
