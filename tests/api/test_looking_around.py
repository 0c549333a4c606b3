"""The browsable API: finding people, and reading what they post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.api.browser import Browser, Page
from tests.configuration import Configure
from tests.world import World
from tweeter import clock
from tweeter.api.browsable.tags import ago, wait


def named(page: Page) -> set[str]:
    """Return whom a page names to somebody who knows nobody."""
    assert "To begin with, look at" in page.text
    return {name for name in page.links if name.startswith("@")}


@pytest.mark.parametrize("alias", ["ann", "@ann", " ANN "])
def test_an_account_is_found_by_its_alias(world: World, browser: Browser, alias: str) -> None:
    world.sign_up("ann")
    browser.open("/")
    page = browser.open(f"/find/?alias={alias}")
    assert (page.status, "@ann" in page.text) == (200, True)


def test_the_page_of_an_account_begins_its_story(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    assert "Nothing posted yet." in browser.open("/accounts/ann/").text
    for number in range(5):
        ann.post(f"status {number}")
    page = browser.open("/accounts/ann/")
    assert "status 0" in page.text
    assert "The whole story" not in page.links
    ann.post("status 5")
    page = browser.open("/accounts/ann/")
    assert ("status 0" in page.text, "status 5" in page.text) == (False, True)
    assert page.links["The whole story"] == "/accounts/ann/story/"


@pytest.mark.parametrize("path", ["/health/", "/nonsense/", "/find/?alias=x+y"])
def test_who_is_signed_in_can_sign_out_where_no_session_is_looked_up(
    world: World, browser: Browser, path: str
) -> None:
    world.sign_up("ann")
    assert "Sign in" in browser.open(path).links
    browser.sign_in("ann")
    page = browser.open(path)
    assert "Sign in" not in page.links
    assert page.links["Your account"] == "/accounts/me/"
    assert "Sign out" in page.text


@pytest.mark.parametrize("part", ["story/", "followers/", "following/", "relationship/", ""])
def test_an_account_is_written_as_its_owner_writes_it(
    world: World, browser: Browser, part: str
) -> None:
    world.sign_up("Ann_B").post("hello")
    browser.sign_in("ann_b")
    page = browser.open(f"/accounts/aNN_b/{part}")
    assert page.status == 200
    assert "@Ann_B" in page.text
    assert "@aNN_b" not in page.text
    assert "Relationship" not in page.links
    assert "Follow" not in [form.button for form in page.forms]


def test_a_newcomer_is_told_whom_to_look_at_where_somebody_is_named(
    world: World, set_config: Configure, browser: Browser
) -> None:
    bob, _ = world.people("bob", "ann")
    assert "To begin with" not in browser.open("/").text
    set_config(suggested_accounts="ann,bob,no/alias,cid,")
    assert named(browser.open("/")) == {"@ann", "@bob", "@cid"}
    browser.sign_in("bob")
    for path in ("/", "/feed/"):
        assert named(browser.open(path)) >= {"@ann", "@cid"}
    bob.follow(world.signed_in("ann", ""))
    for path in ("/", "/feed/"):
        assert "To begin with" not in browser.open(path).text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "24 Dec"),
        (86_400 * 30, "25 Nov"),
        (86_400 * 365, "25 Dec 2025"),
    ],
)
def test_times_are_told_as_people_would(seconds: int, shown: str) -> None:
    with time_machine.travel(datetime(2026, 12, 25, 12, tzinfo=UTC)):
        moment = (clock.system_clock() - timedelta(seconds=seconds)).isoformat()
        html = ago(moment)
    assert html.endswith(f'UTC">{shown}</time>')


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1, "1 second"), (60, "60 seconds"), (61, "2 minutes"), (3_601, "2 hours")],
)
def test_waits_are_told_as_people_would(seconds: int, shown: str) -> None:
    assert wait(str(seconds)) == shown
