"""The forms of pages: what they begin with, what they send, and what is left when that fails."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.serializers import ProfileSerializer
from tests.api.browser import Browser
from tests.world import PASSWORD, World, png

CHANGEABLE = ProfileSerializer().fields
VISIBLE = [name for name, field in CHANGEABLE.items() if not field.write_only]


def test_all_that_can_be_changed_of_an_account_is_in_a_form(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    forms = [form for form in browser.open("/accounts/me/").forms if form.sends.startswith("PATCH")]
    fields = {name for form in forms for name in form.fields}
    assert set(CHANGEABLE) - fields == set(), "no form of pages/own-account.html has these"


@pytest.mark.parametrize("name", VISIBLE)
def test_a_form_begins_with_what_the_account_has(world: World, browser: Browser, name: str) -> None:
    """Or else each Save would take away what its form began without."""
    ann = world.sign_up("ann", name="Ann & <Co>")
    browser.sign_in("ann")
    account = ann.account()
    assert name in account, "what can be changed, and is not write_only, is in AccountSerializer"
    assert browser.open("/accounts/me/").form("Save").fields[name] == account[name]
    page = browser.send("Delete my account", password="wrong")
    assert (page.status, page.form("Save").fields[name]) == (400, account[name])


def test_saving_what_nobody_has_touched_changes_nothing(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    browser.sign_in("ann")
    before = ann.account()
    browser.open("/accounts/me/")
    assert browser.send("Save").status == 200
    assert ann.account() == before


@pytest.mark.parametrize("kind", ["json", "multipart"])
def test_an_empty_text_means_the_same_in_a_form_as_in_json(world: World, kind: str) -> None:
    ann = world.sign_up("ann")
    answer = ann.client.patch("/accounts/me/", {"name": ""}, format=kind)
    assert answer.status_code == 400
    assert [(each["attr"], each["code"]) for each in answer.data["errors"]] == [("name", "blank")]


def test_a_profile_stays_on_its_page_when_a_change_is_refused(
    world: World, browser: Browser
) -> None:
    world.sign_up("ann", name="Ann Other")
    browser.sign_in("ann")
    browser.open("/accounts/me/")
    page = browser.send("Save", name="")
    assert (page.status, page.focus) == (400, "own-account-patch-name")
    assert "Ann Other @ann" in page.text


def test_a_post_whose_session_has_ended_can_be_copied(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    browser.sign_in("ann")
    browser.open("/statuses/")
    browser.client.cookies["tweeter_token"] = "ended"
    page = browser.send("Post", text="A long thought.\n</textarea> and more")
    assert page.status == 401
    assert "Copy what you wrote" in page.text
    assert page.unsent == "A long thought.\n</textarea> and more"
    assert page.links["Sign in"] == "/sign-in/?next=/statuses/"
    assert ann.account()["statuses_count"] == 0


def test_no_password_is_shown_again(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    browser.open("/accounts/me/")
    browser.client.cookies["tweeter_token"] = "ended"
    page = browser.send("Change the password", current_password=PASSWORD, password="battery staple")
    assert page.status == 401
    assert PASSWORD not in page.html
    assert "battery staple" not in page.html


def test_a_picture_has_to_be_chosen_again(world: World, browser: Browser) -> None:
    browser.open("/accounts/")
    picture = SimpleUploadedFile("me.png", png(), "image/png")
    page = browser.send("Sign up", alias="me", name="Mel", password=PASSWORD)
    assert "Choose the picture again" not in page.text
    page = browser.send("Sign up", alias="me", name="Mel", password=PASSWORD, avatar=picture)
    assert page.status == 400
    assert "Choose the picture again" in page.text


def test_a_text_that_is_too_long_is_told_by_how_much(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    browser.open("/statuses/")
    page = browser.send("Post", text="x" * 400)
    assert "A status has at most 280 characters; this one has 400." in page.text


def test_who_signs_up_while_signed_in_is_told(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    assert "You are signed in as @ann . This makes another account" in (
        browser.open("/accounts/").text
    )
