"""Every path by every method, as a page: whatever somebody tries, a page comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.browser import ACCEPT
from tests.faults import FAULTS, fault
from tests.security.endpoints import METHODS, routes
from tests.world import World

VISITORS = ("nobody", "somebody")
FIELDS = "alias=bob&name=Bob&password=12345&text=hi"


def visitor(world: World, kind: str) -> APIClient:
    """Return a client that would rather have pages; a token stands for the cookie of somebody who
    has signed in, so that no form needs a token of its own."""
    if kind == "nobody":
        return APIClient(HTTP_ACCEPT=ACCEPT)
    return APIClient(HTTP_ACCEPT=ACCEPT, HTTP_AUTHORIZATION=f"Bearer {world.sign_in('ann').token}")


def answers(client: APIClient, method: str, status: str) -> Iterator[tuple[str, Any]]:
    """Yield every path with its answer; that of the session, which a method may end, at last."""
    for route in sorted(routes(), key=lambda route: route == "/sessions/current/"):
        path = route.format(alias="ann", status_id=status)
        kind = "application/x-www-form-urlencoded"
        yield path, client.generic(method, path, FIELDS, content_type=kind)


@pytest.mark.parametrize("kind", VISITORS)
@pytest.mark.parametrize("method", METHODS)
def test_no_page_fails(world: World, method: str, kind: str) -> None:
    status = world.sign_up("ann").post("hello")["id"]
    for path, answer in answers(visitor(world, kind), method, status):
        assert answer.status_code < 500, path


@pytest.mark.parametrize("kind", VISITORS)
def test_while_the_store_is_away_pages_say_that_and_nothing_else(world: World, kind: str) -> None:
    status = world.sign_up("ann").post("hello")["id"]
    client = visitor(world, kind)
    with fault("dynamodb", FAULTS["away"]):
        for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
            for path, answer in answers(client, method, status):
                assert answer.status_code < 500 or answer.status_code == 503, (method, path)
                assert b"is deleted" not in answer.content, (method, path)


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/ann/", "/sessions/"])
def test_options_are_shown_as_programs_are_told_them(world: World, path: str) -> None:
    world.sign_up("ann")
    answer = visitor(world, "nobody").options(path)
    assert answer.status_code == 200
    assert "multipart/form-data" in answer.content.decode()
