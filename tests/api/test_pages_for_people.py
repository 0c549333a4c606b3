"""The browsable API: what its pages show, and what can be done on them by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve

from tests.api.browser import Browser, Page
from tests.world import PASSWORD, World, png
from tweeter import wiring

PUBLIC = {
    "/": [],
    "/accounts/": ["POST /accounts/"],
    "/accounts/ann/": [],
    "/accounts/ann/followers/": [],
    "/accounts/ann/following/": [],
    "/accounts/ann/story/": [],
    "/sessions/": ["POST /sessions/"],
    "/statuses/{id}/": [],
    "/schema/": [],
    "/health/": [],
    "/sign-in/": ["POST /sign-in/"],
}
"""Pages for all, and the forms that they have for somebody who is not signed in."""

SIGNED_IN = {
    "/": ["POST /statuses/"],
    "/accounts/ann/": ["DELETE /statuses/{id}/"],
    "/accounts/ann/story/": ["DELETE /statuses/{id}/"],
    "/accounts/bob/": ["POST /accounts/bob/follow/"],
    "/accounts/bob/follow/": ["POST /accounts/bob/follow/"],
    "/accounts/bob/relationship/": ["POST /accounts/bob/follow/"],
    "/accounts/cid/": ["DELETE /accounts/cid/follow/"],
    "/accounts/cid/relationship/": ["DELETE /accounts/cid/follow/"],
    "/accounts/me/": ["PATCH /accounts/me/", "PATCH /accounts/me/", "DELETE /accounts/me/"],
    "/accounts/me/export/": [],
    "/sessions/current/": ["DELETE /sessions/current/"],
    "/statuses/": ["POST /statuses/"],
    "/statuses/{id}/": ["DELETE /statuses/{id}/"],
    "/statuses/{id}/delivery/": [],
    "/feed/": ["POST /statuses/"],
}
"""Pages, and the forms that they have for @ann, who follows @cid."""

EVERYWHERE = {"GET /find/", "POST /sign-out/"}


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", png(), "image/png")


def requests(page: Page) -> list[str]:
    return [form.sends for form in page.forms if form.sends not in EVERYWHERE]


def test_every_page_with_a_template_of_its_own_is_tried() -> None:
    pages = Path(settings.BASE_DIR, "tweeter", "templates", "tweeter", "pages")
    tried = {resolve(path.format(id="0")).url_name for path in (*PUBLIC, *SIGNED_IN)}
    missing = {page.stem for page in pages.glob("*.html")} - tried
    lists = "PUBLIC or SIGNED_IN in tests/api/test_pages_for_people.py"
    assert not missing, f"Add to {lists}, with the forms on it: {', '.join(missing)}"


@pytest.mark.parametrize(("path", "forms"), PUBLIC.items())
def test_a_page_for_all_has_its_forms(
    world: World, browser: Browser, path: str, forms: list[str]
) -> None:
    status = world.sign_up("ann").post("hello")["id"]
    page = browser.open(path.format(id=status))
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert requests(page) == forms


@pytest.mark.parametrize(("path", "forms"), SIGNED_IN.items())
def test_a_page_has_the_forms_for_what_its_visitor_may_do(
    world: World, browser: Browser, path: str, forms: list[str]
) -> None:
    ann, _, cid = world.people("ann", "bob", "cid")
    ann.follow(cid)
    status = ann.post("hello")["id"]
    browser.sign_in("ann")
    page = browser.open(path.format(id=status))
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert requests(page) == [form.format(id=status) for form in forms]
    assert page.links["@ann"] == "/accounts/me/"


@pytest.mark.parametrize("path", sorted(set(SIGNED_IN) - set(PUBLIC) - {"/accounts/bob/"}))
def test_a_page_that_needs_a_session_says_so_and_leads_there_and_back(
    world: World, browser: Browser, path: str
) -> None:
    ann, *_ = world.people("ann", "bob", "cid")
    path = path.format(id=ann.post("hello")["id"])
    page = browser.open(path)
    if path == "/accounts/cid/":
        assert page.links["Sign in to follow"] == f"/sign-in/?next={path}"
        return
    assert page.status == 401
    browser.open(page.links["Sign in"])
    browser.send("Sign in", alias="@ann", password=PASSWORD)
    assert browser.page.status == 200
    assert f"GET {path}" in browser.page.text or path.endswith(("/statuses/", "/follow/"))


def test_people_sign_up_with_a_picture_and_are_signed_in(world: World, browser: Browser) -> None:
    browser.open("/accounts/")
    page = browser.send("Sign up", alias="ann", name="Ann", password=PASSWORD, avatar=picture())
    assert page.status == 201
    assert "Welcome, Ann" in page.text
    assert page.links["@ann"] == "/accounts/me/"
    account = browser.client.get("/accounts/me/", headers={"Accept": "application/json"}).json()
    assert account["avatar_url"] != wiring.picture_store().url(None)
    assert account["avatar_url"] in browser.open("/accounts/ann/").pictures


def test_a_session_begins_and_ends_by_the_endpoints_own_forms(
    world: World, browser: Browser
) -> None:
    world.sign_up("ann")
    browser.open("/sessions/")
    assert browser.send("Sign in", alias="ann", password=PASSWORD).status == 201
    token = browser.client.cookies["tweeter_token"].value
    browser.open("/sessions/current/")
    browser.page.forms = [form for form in browser.page.forms if form.action != "/sign-out/"]
    page = browser.send("Sign out")
    assert (page.status, "You are signed out" in page.text) == (200, True)
    assert "@ann" not in page.links
    header = {"Authorization": f"Bearer {token}"}
    assert world.anonymous.get("/accounts/me/", headers=header).status_code == 401


def test_a_status_is_posted_shown_and_deleted(world: World, browser: Browser) -> None:
    ann, _ = world.people("ann", "bob")
    browser.sign_in("ann")
    browser.open("/statuses/")
    page = browser.send("Post", text="<b>hi</b> @bob, see https://example.org/x?a=1&b=2.")
    assert page.status == 201
    assert page.links["@bob"] == "/accounts/bob/"
    assert page.links["https://example.org/x?a=1&b=2"] == "https://example.org/x?a=1&b=2"
    assert "<b>hi" not in page.html
    page = browser.send("Delete it")
    assert (page.status, "Deleted" in page.text) == (200, True)
    assert ann.account()["statuses_count"] == 0


def test_a_double_click_or_a_reload_posts_once(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    browser.sign_in("ann")
    form_page = browser.open("/feed/")
    for _ in range(2):
        browser.page = form_page
        assert browser.send("Post", text="hello").status == 201
    assert browser.send("Post", text="hello").status == 201  # a form of its own, so a new status
    assert ann.account()["statuses_count"] == 2


def test_an_account_is_followed_and_unfollowed_on_its_page(world: World, browser: Browser) -> None:
    world.people("ann", "bob")
    browser.sign_in("ann")
    browser.open("/accounts/bob/")
    assert "You follow @bob." in browser.send("Follow").text
    fields = browser.page.form("Unfollow").fields | {"_method": "POST"}
    again: Any = browser.client.post("/accounts/bob/follow/", fields, format="multipart")
    assert again.status_code == 409
    assert "no longer" in browser.send("Unfollow").text
    assert world.anonymous.get("/accounts/bob/").data["followers_count"] == 0


def test_the_profile_is_changed(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    browser.sign_in("ann")
    before = ann.account()
    browser.open("/accounts/me/")
    page = browser.send("Save", name="Annette", avatar=picture())
    assert (page.status, page.form("Save").fields["name"]) == (200, "Annette")
    after = ann.account()
    assert after["name"] == "Annette"
    assert after["avatar_url"] != before["avatar_url"]
    page = browser.send("Change the password", current_password="wrong", password="battery staple")
    assert page.status == 400
    assert 'id="own-account-patch-current_password-wrong"' in page.html
    assert page.form("Save").fields["name"] == "Annette"


def test_an_account_is_deleted_with_its_password(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    browser.open("/accounts/me/")
    page = browser.send("Delete my account", password="wrong")
    assert page.status == 400
    assert 'id="own-account-delete-password-wrong"' in page.html
    page = browser.send("Delete my account", password=PASSWORD)
    assert (page.status, "Your account is deleted" in page.text) == (200, True)
    assert "@ann" not in page.links
    assert world.anonymous.get("/accounts/ann/").status_code == 404


def test_a_feed_is_paged_by_its_links(world: World, browser: Browser) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    for number in range(3):
        bob.post(f"status {number}")
    world.deliver()
    browser.sign_in("ann")
    page = browser.open("/feed/?page_size=2")
    assert "status 2" in page.text
    assert "status 0" not in page.text
    page = browser.open(page.links["Next page"])
    assert "status 0" in page.text
    assert "status 2" not in page.text
    assert "Next page" not in page.links
    assert "status 2" in browser.open(page.links["Back to the newest"]).text


def test_the_json_is_there_to_read_with_links_to_click(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    page = browser.open("/accounts/ann/")
    assert "HTTP 200 OK" in page.text
    assert "Content-Type: application/json" in page.text
    address = "http://testserver/accounts/ann/"
    assert page.links[address] == address
    plain = browser.client.get(page.links["The same as plain JSON"])
    assert plain.json()["alias"] == "ann"


def test_signing_out_ends_the_session(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    token = browser.client.cookies["tweeter_token"].value
    browser.send("Sign out")
    header = {"Authorization": f"Bearer {token}"}
    assert world.anonymous.get("/accounts/me/", headers=header).status_code == 401
