"""Headers that tell browsers how little they may do with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

from tweeter import wiring

_DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What is no page loads nothing, wherever it is opened."""

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: {pictures}/; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Pages run our own scripts from files, never one that stands in the page: so text that somebody
posted runs nowhere, were it ever to get into a page unescaped. The icons of the docs page are data
URLs in its style sheet, and people's pictures come from their bucket. Source: W3C, Content Security
Policy Level 3."""

_ALWAYS: Mapping[str, str] = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OF_PAGES: Mapping[str, str] = {
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
}
_OF_DATA: Mapping[str, str] = {"Content-Security-Policy": _DATA_POLICY}


def page_policy() -> str:
    """Return the policy of pages."""
    return _PAGE_POLICY.format(pictures=wiring.pictures_address())


class SecurityHeaders:
    """Puts the headers on every answer, those of the other middleware among them.

    Nothing is to be kept by a cache unless the view says so: answers depend on who asks, change
    from one moment to the next, and some hold tokens. Static files say so; they stand for
    themselves. Source: OWASP, REST Security Cheat Sheet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and return its answer with the headers."""
        response = self._get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page:
            response.headers.setdefault("Content-Security-Policy", page_policy())
        for name, value in (*_ALWAYS.items(), *(_OF_PAGES if is_page else _OF_DATA).items()):
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
