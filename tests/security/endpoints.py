"""Every endpoint, and what it answers whom: the one table of who may do what.

An endpoint that is missing here, or that answers anybody otherwise, fails in `test_authorisation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.world import PASSWORD

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method of a path, and the status that each kind of caller gets.

    `{alias}` is the owner's alias, `{status_id}` the id of a status of hers, `{caller}` the kind.
    """

    method: str
    route: str
    anonymous: int
    dead: int
    """With a token that is made up, signed out, or expired."""
    other: int
    """With the token of an account that has nothing to do with the owner's."""
    owner: int
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def endpoint(
    call: str, anonymous: int, dead: int, other: int, owner: int, body: dict[str, Any] | None = None
) -> Endpoint:
    """Return a row of the table."""
    method, route = call.split(" ")
    return Endpoint(
        method=method,
        route=route,
        anonymous=anonymous,
        dead=dead,
        other=other,
        owner=owner,
        body=body,
    )


SIGN_UP = {"alias": "new_{caller}", "name": "New", "password": PASSWORD}
SIGN_IN = {"alias": "{alias}", "password": PASSWORD}
NAME = {"name": "Another name"}
OWN_PASSWORD = {"password": PASSWORD}
TEXT = {"text": "hello"}

ENDPOINTS = [
    # call, then what is answered: nobody, a dead token, somebody else, the owner
    endpoint("GET /", 200, 401, 200, 200),
    endpoint("POST /accounts/", 201, 401, 201, 201, SIGN_UP),
    endpoint("GET /accounts/me/", 401, 401, 200, 200),
    endpoint("PATCH /accounts/me/", 401, 401, 200, 200, NAME),
    endpoint("DELETE /accounts/me/", 401, 401, 204, 204, OWN_PASSWORD),
    endpoint("GET /accounts/me/export/", 401, 401, 200, 200),
    endpoint("GET /accounts/{alias}/", 200, 401, 200, 200),
    endpoint("GET /accounts/{alias}/followers/", 200, 401, 200, 200),
    endpoint("GET /accounts/{alias}/following/", 200, 401, 200, 200),
    endpoint("GET /accounts/{alias}/relationship/", 401, 401, 200, 200),
    endpoint("POST /accounts/{alias}/follow/", 401, 401, 201, 409),
    endpoint("DELETE /accounts/{alias}/follow/", 401, 401, 409, 409),
    endpoint("GET /accounts/{alias}/story/", 200, 401, 200, 200),
    endpoint("POST /sessions/", 201, 401, 201, 201, SIGN_IN),
    endpoint("GET /sessions/current/", 401, 401, 200, 200),
    endpoint("DELETE /sessions/current/", 401, 401, 204, 204),
    endpoint("POST /statuses/", 401, 401, 201, 201, TEXT),
    endpoint("GET /statuses/{status_id}/", 200, 401, 200, 200),
    endpoint("DELETE /statuses/{status_id}/", 401, 401, 403, 204),
    endpoint("GET /statuses/{status_id}/delivery/", 401, 401, 403, 200),
    endpoint("GET /feed/", 401, 401, 200, 200),
    endpoint("GET /schema/", 200, 401, 200, 200),
    endpoint("GET /docs/", 200, 401, 200, 200),
    # These look at no token: the first must answer monitors, the others are for browsers.
    endpoint("GET /health/", 200, 200, 200, 200),
    endpoint("GET /sign-in/", 200, 200, 200, 200),
    endpoint("POST /sign-in/", 302, 302, 302, 302, SIGN_IN),
    endpoint("POST /sign-out/", 302, 302, 302, 302),
    endpoint("GET /find/", 404, 404, 404, 404),
]

TOKENLESS = {"/health/", "/sign-in/", "/sign-out/", "/find/"}
_FUNCTIONS = {"/sign-in/": {"GET", "POST"}, "/sign-out/": {"POST"}, "/find/": {"GET"}}
"""Views that are functions, which do not tell their methods, with those that they are to have."""


def routes() -> dict[str, set[str]]:
    """Return every route of the URL configuration with the methods that its view implements,
    those aside that every view has: HEAD and OPTIONS."""
    found: dict[str, set[str]] = {}
    for route, pattern in _patterns(get_resolver().url_patterns, "/"):
        view: Any = pattern.callback
        if hasattr(view, "actions"):
            methods = {method.upper() for method in view.actions}
        elif hasattr(view, "view_class"):
            methods = {name for name in METHODS if hasattr(view.view_class, name.lower())}
        else:
            assert route in _FUNCTIONS, f"Add to _FUNCTIONS in tests/security/endpoints.py: {route}"
            methods = _FUNCTIONS[route]
        found[route] = methods - {"HEAD", "OPTIONS"}
    return found


def calls() -> list[str]:
    """Return what there is to call, as `METHOD /route/`."""
    return [f"{method} {route}" for route, methods in routes().items() for method in methods]


def route_of(path: str) -> str:
    """Return the route that serves a path."""
    return _named(f"/{resolve(path).route}")


def _named(route: str) -> str:
    """Return a route of Django's as the OpenAPI schema has it: `{alias}` for `<str:alias>`."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def _patterns(
    patterns: list[URLPattern | URLResolver], prefix: str
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield _named(route), pattern
