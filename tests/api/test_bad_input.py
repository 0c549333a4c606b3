"""Whatever a client sends, it gets a clear answer in the one shape, and never a 500."""

from __future__ import annotations

import base64
import json
import os
import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test.client import encode_multipart

from accounts.serializers import ProfileSerializer
from tests.security.endpoints import ENDPOINTS, Endpoint
from tests.world import PASSWORD, Client, World

BODIES: dict[str, tuple[Any, int]] = {
    "nested beyond all measure": ("[" * 100_000, 400),
    "cut short": ("{", 400),
    "a list": ("[1, 2]", 400),
    "null": ("null", 400),
    "nothing": ("", 400),
    "not UTF-8": (b"\xff\xfe{}", 400),
    "NaN": ('{"text": NaN}', 400),
    "a number of 10,000 digits": ('{"text": ' + "9" * 10_000 + "}", 400),
    "a number for text": ('{"text": 5}', 400),
    "true for text": ('{"text": true}', 400),
    "null for text": ('{"text": null}', 400),
    "a list for text": ('{"text": ["hello"]}', 400),
    "no text": ("{}", 400),
    "blank text": ('{"text": " \\n "}', 400),
    "a lone surrogate": ('{"text": "\\ud800"}', 400),
    "NUL": ('{"text": "a\\u0000"}', 400),
    "a bell": ('{"text": "a\\u0007"}', 400),
    "281 characters": ('{"text": "' + "a" * 281 + '"}', 400),
    "4 MB of text": ('{"text": "' + "a" * 4_000_000 + '"}', 400),
    "5 MB of text": ('{"text": "' + "a" * 5_000_000 + '"}', 413),
}
FORM = "application/x-www-form-urlencoded"
FORMS = {
    "a bad multipart": (b"xx", "multipart/form-data; boundary=x", 400),
    "a multipart without boundary": (b"xx", "multipart/form-data", 400),
    "another content type": (b"<text/>", "text/xml", 415),
    "an unknown charset": (b"{}", "application/json; charset=utf-99", 415),
    "another charset than UTF-8": (b"alias=ann", f"{FORM}; charset=iso-8859-1", 415),
    "a charset that is none of texts": (b"alias=ann", f"{FORM}; charset=base64", 415),
    "a content type that can't be parsed": (b"{}", "application/json; x*=nope''%41", 415),
    "a content type of numbered and unnumbered pieces": (
        b"{}",
        "application/json; x*=a; x*0=b",
        415,
    ),
    "a part with a header that can't be parsed": (
        b"--x\r\nContent-Disposition: form-data; name*=a; name*0=b\r\n\r\n1\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
        400,
    ),
    "2,000 fields": (
        b"&".join(b"a%d=1" % n for n in range(2_000)),
        FORM,
        400,
    ),
}
QUERIES = [
    "page_size=0",
    "page_size=101",
    "page_size=-1",
    "page_size=x",
    "page_size=",
    "page_size=1e2",
    "page_size=٣",
    "page_size=5&page_size=0",
    "cursor=",
    "cursor=abc",
    "cursor=a:b",
    "cursor=%00",
    "cursor=%FF",
    "cursor=%ED%A0%80",
]
TOKENS = [
    "Bearer",
    "Bearer x",
    "Bearer a b",
    "Bearer ann." + "A" * 43,
    "Bearer ann." + "é" * 43,
    "Bearer " + "a" * 10_000,
    "Basic YTpi",
    "Token x",
]
UNKNOWN = [
    "/accounts/%00/",
    "/accounts/%FF/",
    "/accounts/é/",
    "/accounts/" + "a" * 5_000 + "/",
    "/statuses/x/",
    "/nowhere/",
]


def assert_error(answer: Any, status: int) -> None:
    """Check the status and the one shape of errors."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert set(body) == {"type", "errors"}
    assert all(set(error) == {"code", "detail", "attr"} for error in body["errors"])
    assert body["errors"]


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_the_clients_mistake(world: World, body: Any, status: int) -> None:
    ann = world.sign_up("ann")
    send = partial(ann.client.generic, "POST", "/statuses/", body, "application/json")
    assert_error(send(), status)
    assert send(headers={"Accept": "text/html"}).status_code == status
    assert ann.account()["statuses_count"] == 0


@pytest.mark.parametrize(("body", "content_type", "status"), FORMS.values(), ids=FORMS.keys())
def test_a_bad_form_is_the_clients_mistake(
    world: World, body: Any, content_type: str, status: int
) -> None:
    send = partial(world.anonymous.generic, "POST", "/sessions/", body, content_type)
    assert_error(send(), status)
    assert send(headers={"Accept": "text/html"}).status_code == status


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/statuses/", "/accounts/"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_form_that_cannot_be_read_is_refused_also_where_a_cookie_has_it_checked(
    world: World, path: str, accept: str
) -> None:
    body, content_type, status = FORMS["a part with a header that can't be parsed"]
    browser = Client(enforce_csrf_checks=True, HTTP_ACCEPT=accept)
    browser.cookies["tweeter_token"] = world.sign_up("ann").token
    browser.cookies["csrftoken"] = "a" * 32
    answer: Any = browser.post(path, body, content_type=content_type)
    assert answer.status_code == status
    if accept == "application/json":
        assert_error(answer, status)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"', "us-ascii"])
def test_all_spellings_of_the_charset_that_is_read_are_understood(
    world: World, charset: str
) -> None:
    world.sign_up("ann")
    fields = {"alias": "ann", "password": PASSWORD}
    for kind, body in (
        ("application/json", json.dumps(fields)),
        (FORM, urlencode(fields)),
        ("multipart/form-data; boundary=x", encode_multipart("x", fields).decode()),
    ):
        content_type = f"{kind}; charset={charset}"
        answer = world.anonymous.generic("POST", "/sessions/", body, content_type)
        assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/accounts/", "/sessions/", "/statuses/"])
def test_a_page_shows_again_what_was_sent_though_half_a_character_is_no_text(
    world: World, path: str
) -> None:
    sent = '{"alias": "\\ud800x", "password": "x", "text": "\\ud800x"}'
    client = world.sign_up("ann").client
    answer = client.generic("POST", path, sent, "application/json", headers={"Accept": "text/html"})
    assert answer.status_code in {400, 401}
    assert "?x" in answer.content.decode()


@pytest.mark.parametrize("query", QUERIES)
def test_a_bad_page_is_refused(world: World, query: str) -> None:
    assert_error(world.sign_up("ann").client.get(f"/feed/?{query}"), 400)


@pytest.mark.parametrize("token", TOKENS)
def test_a_bad_token_is_refused_even_where_none_is_needed(world: World, token: str) -> None:
    world.sign_up("ann")
    answer = world.anonymous.get("/accounts/ann/", headers={"Authorization": token})
    assert_error(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_does_not_exist_is_not_found(world: World, path: str) -> None:
    assert_error(world.anonymous.get(path), 404)


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if "{" in each.route], ids=str)
def test_what_is_asked_of_nobody_or_of_no_status_is_not_found(
    world: World, endpoint: Endpoint
) -> None:
    path = endpoint.route.format(alias="nobody", status_id="0" * 32)
    ask = getattr(world.sign_up("ann").client, endpoint.method.lower())
    assert_error(ask(path, endpoint.body), 404)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a" * 256])
def test_an_idempotency_key_that_is_none_is_refused(world: World, key: str) -> None:
    ann = world.sign_up("ann")
    answer = ann.client.post("/statuses/", {"text": "hello"}, headers={"Idempotency-Key": key})
    assert_error(answer, 400)
    assert answer.data["errors"][0]["attr"] == "Idempotency-Key"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_an_endpoint_lacks_is_not_allowed(world: World, method: str) -> None:
    assert_error(world.sign_up("ann").client.generic(method, "/statuses/"), 405)


def test_a_representation_that_does_not_exist_is_not_acceptable(world: World) -> None:
    world.sign_up("ann")
    answer = world.anonymous.get("/accounts/ann/", headers={"Accept": "image/png"})
    assert_error(answer, 406)


def test_a_cursor_is_good_for_its_own_list_only(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    for follower in (bob, cid):
        follower.follow(ann)
        ann.follow(follower)
    page = world.anonymous.get("/accounts/ann/followers/?page_size=1").data
    cursor = page["next"].partition("cursor=")[2].partition("&")[0]
    answer = world.anonymous.get(f"/accounts/ann/following/?cursor={cursor}")
    assert_error(answer, 400)
    assert answer.data["errors"][0]["code"] == "invalid_cursor"


@pytest.mark.parametrize("host", ["[::::]", "[1:2]"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_page_has_a_next_one_also_for_a_host_that_is_no_address(
    world: World, host: str, accept: str
) -> None:
    ann = world.sign_up("ann")
    for text in ("first", "second"):
        ann.post(text)
    path = "/accounts/ann/story/"
    answer = ann.client.get(f"{path}?page_size=1", HTTP_HOST=host, HTTP_ACCEPT=accept)
    assert answer.status_code == 200
    assert answer.data["next"].startswith(f"http://{host}{path}?cursor=")


def test_a_feeds_cursor_is_good_for_its_owner_only(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    bob.follow(ann)
    cid.follow(ann)
    for text in ("1", "2"):
        ann.post(text)
    world.deliver()
    following = bob.client.get("/feed/?page_size=1").data["next"]
    assert_error(cid.client.get(following), 400)


@pytest.mark.parametrize("avatar", ["!!", "", "PHN2Zz48L3N2Zz4=", 5, None, ["x"]])
def test_a_picture_that_is_none_changes_nothing(world: World, avatar: object) -> None:
    ann = world.sign_up("ann")
    before = ann.account()
    assert_error(ann.client.patch("/accounts/me/", {"avatar": avatar, "name": "New"}), 400)
    assert ann.account() == before


def test_a_body_has_as_much_room_for_a_picture_as_text_as_is_told(world: World) -> None:
    ann = world.sign_up("ann")
    told = re.search(r"room for ([\d.]+) MB", str(ProfileSerializer().fields["avatar"].help_text))
    assert told
    room = int(float(told[1]) * 1e6)
    too_much = room + 100_000  # the next that could be told
    answers = [
        ann.client.patch("/accounts/me/", {"avatar": base64.b64encode(os.urandom(size)).decode()})
        for size in (room, too_much)
    ]
    assert [answer.status_code for answer in answers] == [400, 413], "it is none, and too much"
