"""The requests that are sent, to all parts of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.fanout.service import PASSWORD, Service
from bench.people import text

_SECRET = {"password": PASSWORD}
_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR4nGNgYPj/HwADAgH/p9u5WQAAAABJRU5ErkJggg=="
)
"""A picture, as small as they come: PNG, in base64."""
_numbers = count()


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, and what it is called in the table."""

    name: str
    method: str
    path: str
    token: str | None = None
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Ann, whom Bob follows, with a status; their tokens."""

    ann: str
    bob: str
    status_id: str


def people(service: Service) -> People:
    """Let them sign up, follow and post."""
    ann, bob = service.sign_up("ann"), service.sign_up("bob")
    service.ask("POST", "/accounts/ann/follow/", bob).expect(201)
    posted = service.ask("POST", "/statuses/", ann, {"text": text(1)}).expect(201)
    return People(ann, bob, posted["id"])


def requests(who: People) -> list[Sent]:
    """Return the requests of one round, in any order: a follow may meet its own end, and is then
    answered with a conflict."""
    return [*_public(who), *_reading(who), *_writing(who)]


def _public(who: People) -> list[Sent]:
    paths = ["/", "/schema/", "/docs/", "/health/", "/accounts/ann/", "/accounts/ann/followers/"]
    paths += ["/accounts/bob/following/", "/accounts/ann/story/", f"/statuses/{who.status_id}/"]
    return [Sent(f"GET {_short(path)}", "GET", path) for path in paths]


def _reading(who: People) -> list[Sent]:
    paths = ["/accounts/me/", "/accounts/me/export/", "/sessions/current/", "/feed/"]
    paths += ["/accounts/ann/relationship/"]
    delivery = f"/statuses/{who.status_id}/delivery/"
    story = "/accounts/ann/story/"
    return [
        *(Sent(f"GET {path} (signed in)", "GET", path, who.bob) for path in paths),
        Sent(f"GET {_short(delivery)} (signed in)", "GET", delivery, who.ann),
        Sent(f"GET {story} (signed in)", "GET", story, who.bob),
    ]


def _writing(who: People) -> list[Sent]:
    new = {"name": "New"} | _SECRET
    plain, pictured = f"new{next(_numbers)}", f"new{next(_numbers)}"
    sign_up = "POST /accounts/"
    return [
        Sent(sign_up, "POST", "/accounts/", None, new | {"alias": plain}),
        Sent(
            f"{sign_up} (picture)",
            "POST",
            "/accounts/",
            None,
            new | {"alias": pictured, "avatar": _PIXEL},
        ),
        Sent(
            "POST /sessions/",
            "POST",
            "/sessions/",
            None,
            {"alias": "bob"} | _SECRET,
        ),
        Sent("PATCH /accounts/me/ (name)", "PATCH", "/accounts/me/", who.bob, {"name": "Bob"}),
        Sent("POST /statuses/ (a follower)", "POST", "/statuses/", who.ann, {"text": text(2)}),
        Sent("POST /statuses/ (no follower)", "POST", "/statuses/", who.bob, {"text": text(3)}),
        Sent("POST .../follow/", "POST", "/accounts/bob/follow/", who.ann),
        Sent("DELETE .../follow/", "DELETE", "/accounts/bob/follow/", who.ann),
    ]


def _short(path: str) -> str:
    """Return a path with `{id}` for a status's."""
    return "/".join("{id}" if len(part) == 32 else part for part in path.split("/"))
