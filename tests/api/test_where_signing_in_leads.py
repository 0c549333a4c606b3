"""Where a browser is sent after signing in: back to where it came from, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.browser import Browser
from tests.world import PASSWORD, World


def signing_in_to(browser: Browser, target: str) -> Any:
    browser.open("/sign-in/")
    fields = browser.page.form("Sign in").fields
    fields |= {"alias": "ann", "password": PASSWORD, "next": target}
    return browser.client.post("/sign-in/", fields, format="multipart")


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org/", "/\\example.org/", "javascript:1"]
)
def test_signing_in_leads_to_no_other_site(world: World, browser: Browser, target: str) -> None:
    world.sign_up("ann")
    answer = signing_in_to(browser, target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("target", ["foo", "status", "?page=2", "foo.bar"])
def test_signing_in_leads_to_the_root_where_no_path_is_named(
    world: World, browser: Browser, target: str
) -> None:
    world.sign_up("ann")
    answer = signing_in_to(browser, target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_signing_in_leads_back_to_a_path_with_its_query(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    answer = signing_in_to(browser, "/feed/?page_size=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/feed/?page_size=2")
