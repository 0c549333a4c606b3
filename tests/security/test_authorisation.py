"""Every endpoint by every method for every kind of caller, against the table in `endpoints`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.lists import assert_whole
from tests.provisioned_aws import Kept, aws_as_it_was, aws_now, provisioned_aws
from tests.security.endpoints import ENDPOINTS, METHODS, TOKENLESS, Endpoint, calls, routes
from tests.security.stored import everything
from tests.world import World
from tweeter.config import get_config

DEAD = ("made up", "signed out", "expired")
REFUSED = {401, 403, 405}
TUNNELLED = {"PATCH", "DELETE"}
"""Methods that forms of HTML lack, and say in a field."""
PROBED = {
    route: [each for each in METHODS if each not in methods or each == "GET"]
    for route, methods in routes().items()
}
"""What an endpoint is asked for beside the methods that change something."""


@dataclass(frozen=True)
class Scene:
    """An owner with a status, somebody else, and tokens that are no good."""

    owners_token: str
    clients: dict[str, APIClient]
    status_id: str

    def ask(self, method: str, route: str, caller: str, body: Any = None) -> Any:
        """Return what one kind of caller is answered."""
        names = {"alias": "owner", "status_id": self.status_id, "caller": caller.replace(" ", "_")}
        fields = {key: value.format(**names) for key, value in (body or {}).items()}
        encoding = "multipart" if route.startswith("/sign-") else "json"
        call = getattr(self.clients[caller], method.lower(), None)
        path = route.format(**names)
        if call is None:
            return self.clients[caller].generic(method, path)
        return call(path, fields if fields or method == "POST" else None, format=encoding)


def with_token(token: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")


@cache
def _made() -> tuple[dict[str, str], str, Kept]:
    """Return tokens, the id of the owner's status, and the AWS that knows them: made once."""
    with provisioned_aws():
        world = World()
        owner, other = world.people("owner", "other")
        signed_out = world.sign_in("owner")
        signed_out.client.delete("/sessions/current/")
        long_ago = datetime.now(UTC) - timedelta(minutes=2 * get_config().session_minutes)
        with time_machine.travel(long_ago, tick=False):
            expired = world.sign_in("owner")
        tokens = {
            "made up": f"owner.{secrets.token_urlsafe(32)}",
            "signed out": signed_out.token,
            "expired": expired.token,
            "other": other.token,
            "owner": owner.token,
        }
        return tokens, owner.post("hers")["id"], aws_now()


@pytest.fixture
def scene() -> Iterator[Scene]:
    tokens, status_id, kept = _made()
    with aws_as_it_was(kept):
        clients = {"anonymous": APIClient()}
        clients |= {caller: with_token(token) for caller, token in tokens.items()}
        yield Scene(tokens["owner"], clients, status_id)


def expected(endpoint: Endpoint) -> Iterator[tuple[str, int]]:
    """Yield each kind of caller and what it is to be answered, the owner last."""
    yield "anonymous", endpoint.anonymous
    for caller in DEAD:
        yield caller, endpoint.dead
    yield "other", endpoint.other
    yield "owner", endpoint.owner


def test_every_route_and_method_is_in_the_table_and_nothing_else() -> None:
    assert_whole(
        map(str, ENDPOINTS), calls(), "ENDPOINTS in tests/security/endpoints.py, a row each"
    )


def test_the_routes_are_found_with_their_methods() -> None:
    found = routes()
    assert found["/"] == {"GET"}
    assert found["/accounts/me/"] >= {"GET", "PATCH"}
    assert found["/statuses/{status_id}/"] == {"GET", "DELETE"}
    assert set().union(*found.values()) == {"GET", "POST", "PATCH", "DELETE"}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_each_caller_is_answered_as_declared_and_a_refusal_changes_nothing(
    scene: Scene, endpoint: Endpoint
) -> None:
    answered = {}
    before = everything()
    for caller, status in expected(endpoint):
        answer = scene.ask(endpoint.method, endpoint.route, caller, endpoint.body)
        answered[caller] = answer.status_code
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        if answer.status_code >= 400:
            assert set(answer.json()) == {"type", "errors"}
        after = everything()
        if status in REFUSED:
            assert after == before, f"{endpoint} by {caller} changed something"
        before = after
    assert answered == dict(expected(endpoint))


@pytest.mark.parametrize("route", sorted(routes()))
def test_what_an_endpoint_lacks_is_refused_and_its_head_and_options_tell_no_more_than_it_does(
    scene: Scene, route: str
) -> None:
    before = everything()
    for caller in scene.clients:
        answers = {method: scene.ask(method, route, caller) for method in PROBED[route]}
        for method, answer in answers.items():
            if answer.status_code >= 400 and method != "HEAD":
                assert set(answer.json()) == {"type", "errors"}, method
        statuses = {method: answer.status_code for method, answer in answers.items()}
        got, head, options = (statuses.pop(method) for method in ("GET", "HEAD", "OPTIONS"))
        assert head == got
        # OPTIONS describes an endpoint and its methods: that is public, and no data.
        assert options in {got, 405} or (options == 200 and got in {403, 405})
        refusals = {401, 405}
        if caller in DEAD and route not in TOKENLESS:
            refusals = {401}
        elif caller in {"other", "owner"}:
            refusals = {405}
        assert set(statuses.values()) <= refusals, (caller, statuses)
    assert everything() == before


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.method in TUNNELLED], ids=str)
def test_a_form_that_stands_for_another_method_opens_nothing(
    scene: Scene, endpoint: Endpoint
) -> None:
    refused = {caller: status for caller, status in expected(endpoint) if status in REFUSED}
    before = everything()
    answered = {}
    for caller in refused:
        form = {"_method": endpoint.method} | (endpoint.body or {})
        path = endpoint.route.format(alias="owner", status_id=scene.status_id)
        answer = scene.clients[caller].post(
            path, form, format="multipart", headers={"Accept": "text/html"}
        )
        answered[caller] = answer.status_code
    assert answered == refused
    assert everything() == before


def test_a_form_of_another_site_acts_for_nobody(scene: Scene) -> None:
    before = everything()
    for endpoint in ENDPOINTS:
        if endpoint.anonymous != 401 or endpoint.method == "GET":
            continue
        browser = APIClient(enforce_csrf_checks=True, HTTP_ACCEPT="text/html")
        browser.cookies["tweeter_token"] = scene.owners_token
        form = {"_method": endpoint.method} | (endpoint.body or {})
        path = endpoint.route.format(alias="owner", status_id=scene.status_id)
        for origin in ({}, {"Origin": "https://evil.example.net"}, {"Origin": "null"}):
            answer = browser.post(path, form, format="multipart", headers=origin)
            assert answer.status_code == 403, str(endpoint)
    assert everything() == before
