"""Pages of the browsable API when something is wrong, or somebody means harm."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.browser import Browser, Page
from tests.faults import FAULTS, fault
from tests.world import PASSWORD, World
from tweeter.api.browsable.json_markup import json_markup
from tweeter.config import get_config


def test_a_form_of_another_site_signs_nobody_in(world: World, browser: Browser) -> None:
    """It could be an account of that site's own, which its visitors would then post from."""
    world.sign_up("ann")
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD}
    for path in ("/sessions/", "/accounts/"):
        answer: Any = browser.client.post(path, fields | {"alias": "ann"}, format="multipart")
        assert "tweeter_token" not in answer.cookies
    assert browser.open("/feed/").status == 401


def test_programs_get_no_cookie(world: World) -> None:
    world.sign_up("ann")
    answer: Any = world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
    assert not answer.cookies


def test_what_is_wrong_stands_beside_the_fields(world: World, browser: Browser) -> None:
    browser.open("/accounts/")
    page = browser.send("Sign up", alias="me", name="Mel", password="12345")
    assert page.status == 400
    assert 'id="accounts-post-alias-wrong">This alias is reserved.</p>' in page.html
    assert "A password has at least 8 characters." in page.text
    assert page.links["it is marked below"] == "#accounts-post-alias"
    assert page.focus == "accounts-post-alias"
    form = page.form("Sign up")
    assert (form.fields["alias"], form.fields["name"]) == ("me", "Mel")
    assert "12345" not in page.html


def test_a_page_that_refuses_a_request_has_forms_that_work(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    refused: dict[int, dict[str, Any]] = {
        403: {"headers": {"Sec-Fetch-Site": "same-site"}},
        413: {"data": "x" * (get_config().max_body_bytes + 1), "content_type": "text/plain"},
    }
    for status, request in refused.items():
        browser.sign_in("ann")
        del browser.client.cookies["csrftoken"]
        answer: Any = browser.client.post("/statuses/", **request)
        browser.page = Page(answer)
        assert browser.page.status == status
        assert browser.send("Sign out").status == 200
        assert browser.open("/feed/").status == 401


def test_a_taken_alias_shows_the_form_again(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    browser.open("/accounts/")
    page = browser.send("Sign up", alias="Ann", name="Another", password=PASSWORD)
    assert page.status == 409
    assert page.form("Sign up").fields["name"] == "Another"
    assert 'id="accounts-post-alias-wrong">This alias is taken.</p>' in page.html
    assert page.focus == "accounts-post-alias"


def test_a_wrong_password_shows_the_form_again(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    for path, status in (("/sign-in/", 401), ("/sessions/", 401)):
        browser.open(path)
        page = browser.send("Sign in", alias="ann", password="wrong")
        assert page.status == status
        assert "The alias or the password is wrong." in page.text
        assert page.form("Sign in").fields["alias"] == "ann"


def test_too_many_attempts_are_told_with_the_time_to_wait(world: World, browser: Browser) -> None:
    world.sign_up("ann")
    for path in ("/sign-in/", "/sessions/"):
        browser.open(path)
        for _ in range(get_config().sign_in_attempts + 1):
            browser.send("Sign in", alias="ann", password="wrong")
        assert browser.page.status == 429
        hours = -(-int(browser.page.headers["Retry-After"]) // 3_600)
        assert f"Too many attempts. Try again in {hours} hours." in browser.page.text


def test_a_post_that_failed_for_our_reasons_can_be_sent_again(
    world: World, browser: Browser
) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    key = browser.open("/statuses/").form("Post").fields["_idempotency_key"]
    with fault("dynamodb", FAULTS["away"]):
        page = browser.send("Post", text="hello")
    assert page.status == 503
    assert page.headers["Retry-After"] in page.text
    assert page.form("Post").fields["_idempotency_key"] == key
    assert page.form("Post").fields["text"] == "hello"
    assert browser.send("Post").status == 201


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_people_write_is_text_on_every_page(world: World, browser: Browser, text: str) -> None:
    ann = world.sign_up("ann", name=text)
    status = ann.post(text)["id"]
    browser.sign_in("ann")
    own = ["/", "/accounts/me/", "/accounts/ann/", "/accounts/ann/story/"]
    for path in (*own, f"/statuses/{status}/"):
        assert text not in browser.open(path).html


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/nowhere/", 404, "Not found"),
        ("/accounts/nobody/", 404, "Not found"),
        ("/statuses/1/", 404, "Not found"),
        ("/find/?alias=n/a", 404, "Not found"),
        ("/sign-out/", 405, "That did not work"),
        ("/accounts/ann/story/?cursor=x", 400, "That did not work"),
        ("/accounts/ann/story/?page_size=0", 400, "That did not work"),
    ],
)
def test_an_error_is_a_page_too(
    world: World, browser: Browser, path: str, status: int, heading: str
) -> None:
    world.sign_up("ann")
    page = browser.open(path)
    assert page.status == status
    assert heading in page.text
    assert page.links["Home"] == "/"


@pytest.mark.parametrize("path", ["/docs/", "/schema/"])
def test_what_answers_no_json_of_its_own_has_errors_like_all_others(
    world: World, browser: Browser, path: str
) -> None:
    for accepted in ("*/*", "application/json", "application/vnd.oai.openapi", "image/png"):
        answer = world.anonymous.post(path, headers={"Accept": accepted})
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["errors"]
    page: Any = browser.client.get(path, headers={"Authorization": "Bearer nonsense"})
    assert page.status_code == 401
    assert b"Sign in first" in page.content


def test_a_store_that_is_away_is_a_page_with_the_time_to_wait(
    world: World, browser: Browser
) -> None:
    world.sign_up("ann")
    browser.sign_in("ann")
    with fault("dynamodb", FAULTS["away"]):
        for path in ("/feed/", "/accounts/ann/", "/statuses/", "/health/"):
            page = browser.open(path)
            assert page.status == 503
            assert page.headers["Retry-After"] in page.text


def test_an_account_is_shown_even_if_it_cannot_be_told_whether_one_follows_it(
    world: World, browser: Browser
) -> None:
    world.people("ann", "bob")
    browser.sign_in("ann")
    with fault("dynamodb", FAULTS["throttling"], table="follows"):
        page = browser.open("/accounts/bob/")
    assert page.status == 200
    assert page.form("Follow").sends == "POST /accounts/bob/follow/"
    assert page.form("Unfollow").sends == "DELETE /accounts/bob/follow/"


def test_an_account_is_shown_even_if_its_statuses_cannot_be(world: World, browser: Browser) -> None:
    world.sign_up("ann").post("hello")
    with fault("dynamodb", FAULTS["throttling"], table="statuses"):
        page = browser.open("/accounts/ann/")
    assert page.status == 200
    assert "They can't be shown just now." in page.text


def test_a_bad_token_is_a_page_too(world: World, browser: Browser) -> None:
    answer: Any = browser.client.get("/", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert b"Sign in first" in answer.content


def test_a_picture_larger_than_a_body_may_be_is_told_with_its_limit(
    world: World, browser: Browser
) -> None:
    browser.open("/accounts/")
    huge = SimpleUploadedFile("me.png", bytes(4_600_000), "image/png")
    page = browser.send("Sign up", alias="ann", name="Ann", password=PASSWORD, avatar=huge)
    assert page.status == 413
    assert "The picture is larger than 4 MB" in page.text
    assert page.links["Begin the form again"] == "/accounts/"


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere/", 404), ("/find/?alias=n/a", 404), ("/accounts/nobody/", 404)]
)
def test_an_error_leaves_one_signed_in(
    world: World, browser: Browser, path: str, status: int
) -> None:
    assert "Sign in" in browser.open(path).links
    world.sign_up("ann")
    browser.sign_in("ann")
    page = browser.open(path)
    assert page.status == status
    assert "Sign in" not in page.links
    assert page.links["Feed"] == "/feed/"
    assert "/accounts/me/" in page.links.values()
    assert page.text.startswith("Not found")


@pytest.mark.parametrize(
    ("path", "alias"), [("/find/?alias=@n/a", "n/a"), ("/accounts/nobody/", "nobody")]
)
def test_what_was_looked_for_in_vain_can_be_corrected(
    world: World, browser: Browser, path: str, alias: str
) -> None:
    page = browser.open(path)
    assert "There is no account with this alias." in page.text
    assert f"You looked for @{alias} ." in page.text
    assert page.form("Find").fields["alias"] == alias


def test_a_cursor_of_another_list_leads_to_the_beginning_of_this_one(
    world: World, browser: Browser
) -> None:
    world.sign_up("ann")
    page = browser.open("/accounts/ann/story/?cursor=x")
    assert "its address is of another list" in page.text
    assert page.links["Begin at the newest"] == "/accounts/ann/story/"


def test_a_form_without_its_token_does_nothing(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    status = ann.post("hello")["id"]
    browser.sign_in("ann")
    for path, fields in (
        ("/statuses/", {"text": "again"}),
        (f"/statuses/{status}/", {"_method": "DELETE"}),
        ("/accounts/me/", {"_method": "PATCH", "name": "Mallory"}),
    ):
        answer: Any = browser.client.post(path, fields, format="multipart")
        assert answer.status_code == 403
        assert b"Not allowed" in answer.content
    assert (ann.account()["statuses_count"], ann.account()["name"]) == (1, "Ann")


def test_the_fields_of_forms_mean_nothing_to_programs(world: World) -> None:
    ann = world.sign_up("ann")
    status = ann.post("hello")["id"]
    answer = ann.client.post(f"/statuses/{status}/", {"_method": "DELETE"}, format="multipart")
    assert answer.status_code == 405
    for _ in range(2):
        fields = {"text": "hi", "_idempotency_key": "1"}
        assert ann.client.post("/statuses/", fields, format="multipart").status_code == 201
    assert ann.account()["statuses_count"] == 3


def test_programs_still_learn_which_methods_there_are(world: World) -> None:
    answer = world.anonymous.get("/accounts/")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/json"


def test_a_stale_cookie_is_anonymous(world: World, browser: Browser) -> None:
    ann = world.sign_up("ann")
    browser.client.cookies["tweeter_token"] = ann.token
    ann.client.delete("/sessions/current/")
    assert browser.open("/accounts/ann/").status == 200
    assert browser.open("/feed/").status == 401


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '{"a": 1.5e-3}',
            '{<span class="key">&quot;a&quot;</span>: <span class="word">1.5e-3</span>}',
        ),
        ('["<b>"]', '[<span class="string">&quot;&lt;b&gt;&quot;</span>]'),
        ('["\\"<"]', '[<span class="string">&quot;\\&quot;&lt;&quot;</span>]'),
        (
            '["http://a/?b=1&c"]',
            '["<a href="http://a/?b=1&amp;c" rel="nofollow noreferrer">http://a/?b=1&amp;c</a>"]',
        ),
        ('["see http://a/"]', '[<span class="string">&quot;see http://a/&quot;</span>]'),
        ('["javascript:1"]', '[<span class="string">&quot;javascript:1&quot;</span>]'),
    ],
)
def test_json_is_shown_with_its_parts_told_apart_and_all_of_it_escaped(
    text: str, shown: str
) -> None:
    assert json_markup(text) == shown


def test_options_tell_the_methods_and_leave_fields_to_the_schema(world: World) -> None:
    answer = world.anonymous.options("/accounts/")
    assert answer.status_code == 200
    assert answer["Allow"] == "POST, OPTIONS"
    assert set(answer.data) == {"name", "description", "renders", "parses"}
