"""What a form of HTML cannot say, it says in fields: another method, and two headers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tweeter.api.errors import wants_page
from tweeter.api.parsers import refused_if_unreadable

METHOD_FIELD = "_method"
IDEMPOTENCY_FIELD = "_idempotency_key"
_METHODS = frozenset({"PATCH", "DELETE"})
_HEADERS = {"csrfmiddlewaretoken": "HTTP_X_CSRFTOKEN", IDEMPOTENCY_FIELD: "HTTP_IDEMPOTENCY_KEY"}
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class FormTunnel:
    """Turns a page's form with a hidden field `_method` into the request that it stands for.

    HTML forms know GET and POST only (HTML standard, form submission). So pages need no script. The
    token against forged forms goes into its header, since Django looks for it in the body of a POST
    alone. Only forms whose sender wants a page are read: programs say what they mean themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on as what it stands for."""
        if request.method == "POST" and _is_form(request) and wants_page(request):
            with refused_if_unreadable():
                form = request.POST
            for field, header in _HEADERS.items():
                if form.get(field):
                    request.META.setdefault(header, form[field])
            vars(request).pop("headers", None)  # Django keeps what it read before
            method = form.get(METHOD_FIELD)
            if method in _METHODS:
                request.method = method
        return self._get_response(request)


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in _FORM_TYPES
