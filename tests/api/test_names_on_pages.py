"""A name may turn the direction of writing around, but of nothing that stands beside it."""

from __future__ import annotations

from html.parser import HTMLParser

from tests.api.browser import Browser
from tests.world import PASSWORD, World

NAME = "Ann \u202e"
ISOLATED = f"\u2068{NAME}\u2069"
"""As Unicode does it, for a title, which holds no elements (HTML standard)."""


class Names(HTMLParser):
    """How often a name is isolated in the text of a page, how often in its title, and how often it
    stands bare, but for what is for programs, which is written line by line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.isolated = self.isolated_in_title = self.bare = 0
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"title", "pre", "bdi"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if NAME not in data or "pre" in self._open:
            return
        if "bdi" in self._open:
            self.isolated += 1
        elif "title" in self._open and ISOLATED in data:
            self.isolated_in_title += 1
        else:
            self.bare += 1


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


def test_a_name_is_isolated_in_a_title(world: World, browser: Browser) -> None:
    world.sign_up("ann", name=NAME)
    names = Names(browser.open("/accounts/ann/").html)
    assert (names.isolated_in_title, names.bare) == (1, 0)


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
