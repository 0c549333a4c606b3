"""What a page of another site has its visitor's browser send: it does nothing, and counts for
nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from tests.configuration import Configure
from tests.security.endpoints import ENDPOINTS
from tests.world import PASSWORD, World

CLIENT = "https://app.example.org"
EVIL = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.net"}
SENDERS = {
    "another site": EVIL,
    "another site that hides its origin": EVIL | {"Origin": "null"},
    "another site's form without an origin": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour under our domain": {"Sec-Fetch-Site": "same-site", "Origin": "https://b.test"},
}


def sign_in(world: World, password: str = PASSWORD, **headers: str) -> Any:
    fields = {"alias": "ann", "password": password}
    return world.anonymous.post("/sessions/", fields, format="multipart", headers=headers)


def sign_up(world: World, alias: str, **headers: str) -> Any:
    fields = {"alias": alias, "name": "Eve", "password": PASSWORD}
    return world.anonymous.post("/accounts/", fields, format="multipart", headers=headers)


@pytest.mark.parametrize("headers", SENDERS.values(), ids=SENDERS.keys())
def test_another_site_uses_up_no_visitors_sign_ins(world: World, headers: dict[str, str]) -> None:
    world.sign_up("ann")
    answers = [sign_in(world, "wrong", **headers) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {403}
    assert answers[0].json()["errors"][0]["code"] == "permission_denied"
    assert not [answer for answer in answers if "RateLimit-Limit" in answer.headers]
    assert sign_in(world).status_code == 201


def test_another_site_uses_up_no_visitors_sign_ups(world: World, set_config: Configure) -> None:
    set_config(sign_ups_by_address="3")
    assert {sign_up(world, f"eve_{n}", **EVIL).status_code for n in range(10)} == {403}
    assert world.anonymous.get("/accounts/eve_0/").status_code == 404
    assert sign_up(world, "eve").status_code == 201


@pytest.mark.parametrize("where", ["same-origin", "none", "anything"])
def test_our_own_pages_and_programs_are_served(world: World, where: str) -> None:
    world.sign_up("ann")
    assert sign_in(world, **{"Sec-Fetch-Site": where}).status_code == 201


@pytest.mark.parametrize("where", ["cross-site", "same-site"])
def test_web_clients_of_a_configured_origin_are_served(world: World, where: str) -> None:
    world.sign_up("ann")
    headers = {"Sec-Fetch-Site": where, "Origin": CLIENT}
    assert sign_in(world, **headers).status_code == 403
    with override_settings(CORS_ALLOWED_ORIGINS=[CLIENT]):
        assert sign_in(world, **headers).status_code == 201
        assert sign_in(world, **EVIL).status_code == 403


def test_links_of_other_sites_lead_here(world: World) -> None:
    world.sign_up("ann")
    for path in ("/", "/accounts/ann/", "/accounts/", "/sign-in/"):
        page = {"Accept": "text/html"} | {"Sec-Fetch-Site": "cross-site"}
        assert world.anonymous.get(path, headers=page).status_code == 200


def test_whatever_an_endpoint_does_another_site_has_it_do_nothing(world: World) -> None:
    ann = world.sign_up("ann")
    for endpoint in ENDPOINTS:
        if endpoint.method in {"POST", "PATCH", "DELETE"}:
            path = endpoint.route.format(alias="ann", status_id="0" * 32)
            send = getattr(ann.client, endpoint.method.lower())
            assert send(path, endpoint.body, headers=EVIL).status_code == 403, endpoint
