"""The product as `make run` starts it, Chromium, and screenshots of what it shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.running_product import ROOT, running_product
from tweeter.local.ports import find_free

SCREENSHOTS = ROOT / "build" / "screenshots"
PATIENCE_MILLISECONDS = 30_000
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""So that the browser keeps to itself: it asks for nothing but our pages."""


def chromium() -> str:
    """Return where Chromium is: `CHROMIUM` names it, or it is on the path."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not found and MAC.exists():
        found = str(MAC)
    if not found or not Path(found).exists():
        missing = f"No Chromium at {named}." if named else "No Chromium found."
        advice = "Install it (apt-get install chromium), or have CHROMIUM name its executable."
        pytest.exit(f"{missing} {advice}", returncode=2)
    return found


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the whole product until the tests are done; give its address, without a slash."""
    port, data = find_free(), tmp_path_factory.mktemp("tweeter") / "data"
    python = str(ROOT / ".venv" / "bin" / "python")
    with running_product(port, find_free(), data, python=python):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a screen and with a profile that is thrown away."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        yield started
        started.close()


class Visitor:
    """Somebody with a browser of their own, in which nothing must go wrong unseen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MILLISECONDS)
        self._address = address
        self._asked: set[str] = set()
        self._complaints: list[str] = []
        self.page.on("request", lambda request: self._asked.add(request.url))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))

    def open(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self._address + path)
        return self.page

    def shoot(self, name: str) -> None:
        """Take screenshots of the whole page, wide and narrow; it must fit into both."""
        self.page.wait_for_load_state("load")  # with all pictures
        for kind, size in (("desktop", DESKTOP), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=True)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{self.page.url} is {width} wide"
        self.page.set_viewport_size(DESKTOP)

    def shoot_window(self, name: str) -> None:
        """Take a screenshot of what is in the window."""
        self.page.wait_for_load_state("load")
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def assert_all_went_well(self) -> None:
        """Nothing was blocked or failed, and nothing was asked of other machines."""
        assert self._complaints == []
        assert {url for url in self._asked if not url.startswith("http://127.0.0.1:")} == set()

    def _listen(self, message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 4" in message.text  # a page of an error
        if message.type in {"error", "warning"} and not expected:
            self._complaints.append(message.text)


@pytest.fixture
def visitors(browser: Browser, address: str) -> Iterator[list[Visitor]]:
    """Two people who have never been here."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    contexts = [browser.new_context(viewport=DESKTOP) for _ in range(2)]
    people = [Visitor(context, address) for context in contexts]
    yield people
    for each in people:
        each.assert_all_went_well()
    for context in contexts:
        context.close()
