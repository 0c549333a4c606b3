"""The browsable API, the schema and its page, the root, and health."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.world import PASSWORD, World
from tweeter import aws
from tweeter.config import get_config

PATHS = [
    "/",
    "/accounts/",
    "/accounts/ann/",
    "/accounts/me/",
    "/accounts/me/export/",
    "/accounts/ann/followers/",
    "/accounts/ann/following/",
    "/accounts/ann/relationship/",
    "/accounts/ann/follow/",
    "/accounts/ann/story/",
    "/sessions/",
    "/sessions/current/",
    "/statuses/",
    "/statuses/{id}/",
    "/statuses/{id}/delivery/",
    "/feed/",
    "/schema/",
    "/docs/",
    "/health/",
]


def browser() -> APIClient:
    return APIClient(enforce_csrf_checks=True, HTTP_ACCEPT="text/html")


def form(client: Any, fields: dict[str, str]) -> dict[str, str]:
    client.get("/sign-in/")
    return fields | {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}


def sign_in(client: Any, **fields: str) -> Any:
    filled = form(client, {"alias": "ann", "password": PASSWORD} | fields)
    return client.post("/sign-in/", filled, format="multipart")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_endpoint_has_a_page(world: World, path: str, signed_in: bool) -> None:
    ann = world.sign_up("ann")
    path = path.format(id=ann.post("<script>alert(1)</script>")["id"])
    client = browser()
    if signed_in:
        sign_in(client)
    answer = client.get(path)
    assert answer.status_code in {200, 401, 405}
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<script>alert(1)" not in answer.content


def test_a_browser_signs_in_posts_and_signs_out(world: World) -> None:
    ann = world.sign_up("ann")
    client = browser()
    answer = sign_in(client, next="/feed/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/feed/")
    assert client.cookies["tweeter_token"]["httponly"]
    assert b"@ann" in client.get("/feed/").content
    posted = client.post("/statuses/", form(client, {"text": "hello"}), format="multipart")
    assert posted.status_code == 201
    assert [status["text"] for status in ann.walk("/accounts/ann/story/")] == ["hello"]
    token = client.cookies["tweeter_token"].value
    client.post("/sign-out/", form(client, {}), format="multipart")
    header = {"Authorization": f"Bearer {token}"}
    assert world.anonymous.get("/accounts/me/", headers=header).status_code == 401


def test_a_form_without_its_token_does_nothing(world: World) -> None:
    ann = world.sign_up("ann")
    client = browser()
    sign_in(client)
    assert client.post("/statuses/", {"text": "hello"}, format="multipart").status_code == 403
    assert ann.account()["statuses_count"] == 0


def test_a_wrong_password_shows_the_form_again(world: World) -> None:
    world.sign_up("ann")
    answer = sign_in(browser(), password="wrong")
    assert answer.status_code == 401
    assert b"The alias or the password is wrong." in answer.content


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:1"])
def test_signing_in_leads_to_no_other_site(world: World, target: str) -> None:
    world.sign_up("ann")
    assert sign_in(browser(), next=target).headers["Location"] == "/"


def test_a_stale_cookie_is_anonymous(world: World) -> None:
    ann = world.sign_up("ann")
    client = browser()
    client.cookies["tweeter_token"] = ann.token
    ann.client.delete("/sessions/current/")
    assert client.get("/accounts/ann/").status_code == 200
    assert client.get("/feed/").status_code == 401


def test_the_schema_is_valid_and_names_every_path(world: World) -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    paths = world.anonymous.get("/schema/?format=json").json()["paths"]
    expected = {path.replace("/ann/", "/{alias}/").replace("{id}", "{status_id}") for path in PATHS}
    assert set(paths) == expected - {"/", "/schema/", "/docs/"}


def test_the_root_links_to_what_there_is(world: World) -> None:
    links = world.anonymous.get("/").data
    assert links["feed"] == "http://testserver/feed/"
    assert all(world.anonymous.get(url).status_code in {200, 401, 405} for url in links.values())


def test_health_needs_every_table_and_queue(world: World) -> None:
    assert world.anonymous.get("/health/").status_code == 200
    aws.client("dynamodb").delete_table(TableName=get_config().table_name("progress"))
    answer = world.anonymous.get("/health/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "tables" in answer.json()["errors"][0]["detail"]
