"""The main story, told by two people with browsers against the running product."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PASSWORD = "a horse, correct"


def picture(tmp_path: Path, red: int, green: int, blue: int) -> Path:
    """Return a PNG of one colour, which fades out towards the bottom."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    size = 160
    rows = (
        b"\0" + bytes(max(0, each - line) for each in (red, green, blue)) * size
        for line in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    path = tmp_path / f"{red}-{green}-{blue}.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
    return path


def sign_up(visitor: Any, alias: str, name: str, file: Path) -> Page:
    page: Page = visitor.open("/")
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Alias", exact=True).fill(alias)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Picture").set_input_files(file)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    return page


def post(page: Page, text: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Post").click()
    page.get_by_label("What's new?").fill(text)
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_role("heading", name="Posted")).to_be_visible()


def picture_is_shown(page: Page, name: str) -> None:
    shown = page.get_by_alt_text(f"Picture of {name}")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def reload_until(page: Page, there: Locator) -> None:
    """Look again until the workers have delivered."""
    for _ in range(100):
        if there.count():
            return
        page.wait_for_timeout(200)
        page.reload()
    pytest.fail(f"{there} did not arrive.")


def test_two_people_meet_post_read_and_leave(visitors: list[Any], tmp_path: Path) -> None:
    ada, joe = visitors
    ada.open("/")
    ada.shoot("01-root")
    ada.open("/accounts/")
    ada.shoot("02-sign-up")
    sign_up(ada, "ada_l", "Ada Lovelace", picture(tmp_path, 250, 170, 90))
    ada.shoot("03-welcome")
    sign_up(joe, "joe_b", "Joe Brown", picture(tmp_path, 90, 170, 250))
    find_and_follow(joe)
    post_more_than_a_page(ada)
    read_page_by_page(joe)
    look_around_and_unfollow(joe)
    change_the_profile(ada, picture(tmp_path, 120, 220, 120))
    delete_a_status(ada)
    sign_out(ada)
    delete_the_account(joe)


def test_the_longest_names_fit(visitors: list[Any], tmp_path: Path) -> None:
    star, fan = visitors
    alias = "w" * 30
    star.open("/accounts/")
    sign_up(star, alias, "M" * 80, picture(tmp_path, 250, 170, 90))
    star.shoot("30-longest-welcome")
    fan.open("/accounts/")
    sign_up(fan, "fan_of_long", "W" * 80, picture(tmp_path, 90, 170, 250))
    fan.open(f"/accounts/{alias}/")
    fan.page.get_by_role("button", name="Follow").click()
    fan.shoot("31-longest-followed")
    post(star.page, "x" * 280)
    star.shoot("32-longest-posted")
    pages = [f"/accounts/{alias}/{part}" for part in ("", "story/", "followers/", "relationship/")]
    for number, path in enumerate([*pages, "/accounts/me/", "/accounts/me/export/"], start=33):
        star.open(path)
        star.shoot(f"{number}-longest")
    fan.open("/feed/")
    reload_until(fan.page, fan.page.get_by_role("article"))
    fan.shoot("39-longest-feed")


def find_and_follow(joe: Any) -> None:
    page = joe.page
    page.get_by_label("Alias of an account").fill("@Ada_L")
    page.get_by_role("button", name="Find").click()
    picture_is_shown(page, "Ada Lovelace")
    joe.shoot("04-account")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_text("You follow @ada_l.")).to_be_visible()
    joe.shoot("05-followed")


def post_more_than_a_page(ada: Any) -> None:
    for number in range(20):
        post(ada.page, f"Note {number}")
    text = "Hello @joe_b, read https://example.org/notes?page=1 & write back.\nI <3 pages."
    post(ada.page, text)
    ada.shoot("06-posted")
    ada.page.get_by_role("status").get_by_role("link", name="delivery").click()
    reload_until(ada.page, ada.page.get_by_text("Every follower has it."))
    ada.shoot("07-delivery")


def read_page_by_page(joe: Any) -> None:
    page = joe.page
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Feed").click()
    next_page = page.get_by_role("link", name="Next page")
    reload_until(page, next_page)  # which is there when more has arrived than fits on the first
    newest = page.get_by_role("article").first
    expect(newest.get_by_role("link", name="@joe_b")).to_have_attribute("href", "/accounts/joe_b/")
    address = "https://example.org/notes?page=1"
    expect(newest.get_by_role("link", name=address)).to_have_attribute("href", address)
    expect(page.get_by_role("article")).to_have_count(20)
    joe.shoot("08-feed")
    next_page.click()
    expect(page.get_by_text("Note 0", exact=True)).to_be_visible()
    expect(page.get_by_text("That is all.")).to_be_visible()
    page.get_by_role("link", name="Back to the newest").click()
    expect(newest.get_by_text("I <3 pages.")).to_be_visible()


def look_around_and_unfollow(joe: Any) -> None:
    page = joe.page
    page.get_by_role("article").first.get_by_role("link", name="Ada Lovelace").click()
    page.get_by_role("link", name="The whole story").click()
    expect(page.get_by_role("article")).to_have_count(20)
    joe.shoot("09-story")
    page.get_by_role("link", name="Followers", exact=True).click()
    expect(page.get_by_role("link", name="Joe Brown")).to_be_visible()
    joe.shoot("10-followers")
    page.get_by_role("link", name="Relationship").click()
    joe.shoot("11-relationship")
    page.get_by_role("button", name="Unfollow").click()
    expect(page.get_by_text("You follow @ada_l no longer.")).to_be_visible()


def change_the_profile(ada: Any, new_picture: Path) -> None:
    page = ada.page
    page.get_by_role("link", name="@ada_l").first.click()
    ada.shoot("12-own-account")
    page.get_by_label("Name").fill("Ada King")
    page.get_by_label("Picture").set_input_files(new_picture)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    picture_is_shown(page, "Ada King")
    ada.shoot("13-saved")


def delete_a_status(ada: Any) -> None:
    page = ada.page
    page.get_by_role("link", name="Your story").click()
    newest = page.get_by_role("article").first
    expect(newest.get_by_text("Ada King")).to_be_visible()
    newest.get_by_text("Delete", exact=True).click()
    ada.shoot("14-before-deletion")
    newest.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
    page.get_by_role("link", name="Your story").click()
    expect(newest.get_by_text("Note 19")).to_be_visible()


def sign_out(ada: Any) -> None:
    page = ada.page
    page.get_by_role("link", name="@ada_l").first.click()
    page.get_by_role("link", name="Your data").click()
    ada.shoot("15-data")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
    ada.open("/feed/")
    expect(page.get_by_role("heading", name="Sign in first")).to_be_visible()
    ada.shoot("16-signed-out")


def delete_the_account(joe: Any) -> None:
    page = joe.page
    page.get_by_role("link", name="@joe_b").first.click()
    page.get_by_text("Delete your account", exact=True).click()
    details = page.get_by_role("group")
    details.get_by_label("Password").fill(PASSWORD)
    details.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    joe.shoot("17-account-deleted")


def test_what_goes_wrong_is_said_where_it_is(visitors: list[Any], tmp_path: Path) -> None:
    eve, _ = visitors
    page = eve.open("/accounts/")
    page.get_by_label("Alias", exact=True).fill("me")
    page.get_by_label("Name").fill("Eve")
    page.get_by_label("Password").fill("12345678")
    page.get_by_role("button", name="Sign up").click()
    alias = page.get_by_label("Alias", exact=True)
    expect(alias).to_have_accessible_description(
        "This alias is reserved. 1 to 30 of A-Z, a-z, 0-9 and _. It can't be changed later."
    )
    expect(alias).to_be_focused()
    expect(alias).to_have_value("me")
    expect(page.get_by_label("Password")).to_have_value("")
    eve.shoot("20-wrong-fields")

    too_large = tmp_path / "huge.png"
    too_large.write_bytes(bytes(4_600_000))
    file = page.get_by_label("Picture")
    file.set_input_files(too_large)
    said = file.evaluate("input => input.validationMessage")
    assert said == "This picture is larger than 4 MB. Choose a smaller one."
    page.get_by_label("Password").fill(PASSWORD)
    file.evaluate("input => input.setCustomValidity('')")  # as without scripts
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Too large")).to_be_visible()
    eve.shoot("27-too-large")

    page = sign_up(eve, "eve_m", "Eve", picture(tmp_path, 200, 120, 200))
    lose_the_session(eve)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Alias", exact=True).fill("eve_m")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    eve.open("/accounts/eve_m/")
    expect(page.get_by_role("link", name="Change your account")).to_be_visible()
    eve.shoot("21-own-page")
    eve.open("/accounts/nobody/")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    eve.shoot("22-not-found")
    eve.open("/nowhere/")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    eve.shoot("23-no-such-path")
    eve.open("/feed/")
    expect(page.get_by_text("You follow nobody yet.")).to_be_visible()
    eve.shoot("24-empty-feed")


def lose_the_session(eve: Any) -> None:
    page = eve.open("/statuses/")
    page.get_by_label("What's new?").fill("A long thought.")
    eve.page.context.clear_cookies(name="tweeter_token")
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_label("What's new? (not sent)")).to_have_value("A long thought.")
    eve.shoot("28-not-sent")


def test_the_documentation_works_under_the_same_policy(visitors: list[Any]) -> None:
    page = visitors[0].open("/docs/")
    expect(page.get_by_text("/accounts/{alias}/follow/").first).to_be_visible()
    visitors[0].shoot("25-docs")
    page.emulate_media(color_scheme="dark")
    visitors[0].open("/docs/")
    expect(page.get_by_text("/accounts/{alias}/follow/").first).to_be_visible()
    visitors[0].shoot("29-docs-dark")
    page.get_by_role("link", name="Tweeter").click()
    expect(page.get_by_role("heading", name="Tweeter")).to_be_visible()


def test_the_demo_is_there_to_look_at(visitors: list[Any]) -> None:
    page = visitors[0].open("/sign-in/?next=/feed/")
    page.get_by_label("Alias", exact=True).fill("priya_codes")
    page.get_by_label("Password").fill("seven tame comets")
    visitors[0].shoot("18-sign-in")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("article")).to_have_count(20)
    visitors[0].shoot_window("19-demo")


def test_everything_can_be_done_by_keyboard(visitors: list[Any]) -> None:
    page = visitors[0].open("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link", name="Sign up")).to_be_focused()


def test_the_pages_are_there_for_dark_screens_too(visitors: list[Any]) -> None:
    page = visitors[0].page
    page.emulate_media(color_scheme="dark")
    visitors[0].open("/accounts/hanna_sky/story/")
    visitors[0].shoot("26-dark")
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == "rgb(18, 24, 28)"
