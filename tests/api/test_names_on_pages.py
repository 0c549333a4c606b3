"""A name may turn the direction of writing around, but of nothing that stands beside it."""

from __future__ import annotations

from html.parser import HTMLParser

from tests.api.browser import Browser
from tests.world import PASSWORD, World

NAME = "Ann \u202e"
SHOWN = NAME.strip()
NOT_SHOWN_AS_A_NAME = {"title", "pre"}
"""A title holds no elements (HTML standard), and what is for programs is written line by line."""


class Names(HTMLParser):
    """How often a name stands on a page within a <bdi>, and how often without."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.isolated = self.bare = 0
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_SHOWN_AS_A_NAME | {"bdi"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if SHOWN in data and not NOT_SHOWN_AS_A_NAME.intersection(self._open):
            self.isolated += "bdi" in self._open
            self.bare += "bdi" not in self._open


def assert_isolated(html: str) -> None:
    names = Names(html)
    assert (names.isolated > 0, names.bare) == (True, 0)


def test_a_name_is_isolated_wherever_it_is_shown(world: World, browser: Browser) -> None:
    ann, bob = world.sign_up("ann", name=NAME), world.sign_up("bob")
    bob.follow(ann)
    ann.follow(bob)
    status = ann.post("hello")
    world.deliver()
    lists = ["/accounts/bob/followers/", "/accounts/bob/following/", "/accounts/ann/story/"]
    for path in ["/accounts/ann/", f"/statuses/{status['id']}/", *lists]:
        assert_isolated(browser.open(path).html)
    browser.sign_in("bob")
    assert_isolated(browser.open("/feed/").html)


def test_ones_own_name_is_isolated(world: World, browser: Browser) -> None:
    world.sign_up("ann", name=NAME)
    browser.open("/sessions/")
    assert_isolated(browser.send("Sign in", alias="ann", password=PASSWORD).html)
    for path in ("/", "/accounts/me/", "/accounts/me/export/", "/sessions/current/"):
        assert_isolated(browser.open(path).html)


def test_the_name_of_who_has_just_signed_up_is_isolated(world: World, browser: Browser) -> None:
    browser.open("/accounts/")
    page = browser.send("Sign up", alias="ann", name=NAME, password=PASSWORD)
    assert_isolated(page.html)
