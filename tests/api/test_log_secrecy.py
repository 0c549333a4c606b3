"""Passwords, tokens and cookies stand in no line of the log, at whatever level it is kept."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.log_lines import recorded_lines
from tests.world import PASSWORD, World

MISTYPED = "a hoarse, correct"
NEW_PASSWORD = "another horse, correct"
STALE_TOKEN = "ann." + "7" * 43


def use_the_api(world: World) -> list[str]:
    """Sign up and in, wrongly and rightly, post, change the password; return the tokens."""
    ann = world.sign_up("ann")
    sign_in = {"alias": "ann", "password": PASSWORD}
    other = world.anonymous.post("/sessions/", sign_in)
    answers: list[Any] = [
        world.anonymous.post("/sessions/", sign_in | {"password": MISTYPED}),
        world.anonymous.post("/accounts/", sign_in),
        world.anonymous.get("/feed/", headers={"Authorization": f"Bearer {STALE_TOKEN}"}),
        ann.client.patch("/accounts/me/", {"password": NEW_PASSWORD, "current_password": MISTYPED}),
        ann.client.patch("/accounts/me/", {"password": NEW_PASSWORD, "current_password": PASSWORD}),
        ann.client.post("/statuses/", {"text": "hello"}),
        ann.client.delete("/sessions/current/"),
    ]
    assert [answer.status_code for answer in answers] == [401, 400, 401, 400, 200, 201, 204]
    return [ann.token, other.data["token"]]


def use_a_browser(world: World) -> list[str]:
    """Sign in with the HTML form and look at a page; return the cookies."""
    browser = APIClient(enforce_csrf_checks=True, HTTP_ACCEPT="text/html")
    browser.get("/sign-in/")
    cookies = [browser.cookies["csrftoken"].value]
    fields = {"alias": "ann", "password": NEW_PASSWORD, "csrfmiddlewaretoken": cookies[0]}
    assert browser.post("/sign-in/", fields, format="multipart").status_code == 302
    assert browser.get("/feed/").status_code == 200
    return [*cookies, browser.cookies["tweeter_token"].value]


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG], ids=["INFO", "DEBUG"])
def test_no_secret_of_a_session_is_in_the_log(world: World, level: int) -> None:
    with recorded_lines(level) as lines:
        secrets = [*use_the_api(world), *use_a_browser(world), PASSWORD, MISTYPED, NEW_PASSWORD]
    text = json.dumps(lines, ensure_ascii=False)
    assert len(lines) > 10
    assert all(secret.rpartition(".")[2] not in text for secret in [*secrets, STALE_TOKEN])
