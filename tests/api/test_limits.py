"""Limits as clients meet them: 429, `Retry-After`, and what is left."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.configuration import Configure
from tests.faults import FAULTS, fault
from tests.lists import assert_whole
from tests.world import PASSWORD, Person, World, avatar, png, stored_pictures

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LIMITED = [
    "POST /accounts/",
    "PATCH /accounts/me/",
    "DELETE /accounts/me/",
    "POST /sessions/",
    "POST /statuses/",
    "POST /accounts/{alias}/follow/",
    "DELETE /accounts/{alias}/follow/",
]


def told(answer: Any) -> tuple[int, int, int]:
    """Return the limit, what is left of it, and the seconds until it is whole again."""
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    limit, remaining, reset = (int(answer.headers[name]) for name in names)
    return limit, remaining, reset


def assert_refused(answer: Any, seconds: int) -> None:
    assert answer.status_code == 429, answer.data
    assert answer.headers["Retry-After"] == str(seconds)
    assert told(answer)[1:] == (0, seconds)
    assert answer.data["type"] == "client_error"
    assert answer.data["errors"][0]["code"] == "throttled"


@pytest.fixture
def limited(world: World, set_config: Configure) -> World:
    """A world with narrow limits for all but guesses, each within a minute."""
    set_config(
        sign_ups_by_address="3",
        posts_by_account="3",
        follows_by_account="3",
        pictures_by_account="3",
        limit_window_seconds="60",
        sign_in_window_seconds="60",
    )
    return world


def signing_up(world: World, alias: str, address: str = "192.0.2.1", **more: str) -> Any:
    fields = {"alias": alias, "name": "x", "password": PASSWORD} | more
    return world.anonymous.post("/accounts/", fields, REMOTE_ADDR=address)


def signing_in(world: World, alias: str, password: str, address: str = "192.0.2.1") -> Any:
    fields = {"alias": alias, "password": password}
    return world.anonymous.post("/sessions/", fields, REMOTE_ADDR=address)


def test_sign_ups_are_limited_by_address(limited: World) -> None:
    with time_machine.travel(NOON + timedelta(seconds=20), tick=False):
        answers = [signing_up(limited, alias) for alias in ("ann", "bob", "Ann", "dora")]
        assert [answer.status_code for answer in answers] == [201, 201, 409, 429]
        assert [told(answer) for answer in answers[:3]] == [(3, 2, 40), (3, 1, 40), (3, 0, 40)]
        assert_refused(answers[3], 40)
        assert signing_up(limited, "dora", "192.0.2.2").status_code == 201
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert signing_up(limited, "eve").status_code == 201


def test_a_sign_up_that_is_invalid_counts_for_nothing(limited: World) -> None:
    for _ in range(5):
        answer = signing_up(limited, "not an alias")
        assert answer.status_code == 400
        assert "RateLimit-Limit" not in answer.headers
    assert signing_up(limited, "ann").status_code == 201


def test_a_sign_up_with_a_broken_picture_counts_since_it_takes_work_to_look_at_one(
    limited: World,
) -> None:
    broken = base64.b64encode(png()[:40]).decode()
    with time_machine.travel(NOON, tick=False):
        answer = signing_up(limited, "ann", avatar=broken)
        assert (answer.status_code, answer.data["errors"][0]["code"]) == (400, "invalid_image")
        assert told(answer) == (3, 2, 60)


def test_an_account_that_was_made_is_told_of_even_if_its_address_cannot_be_remembered(
    limited: World,
) -> None:
    with fault("dynamodb", FAULTS["away"], operation="PutItem"):
        answer = signing_up(limited, "ann")
    assert answer.status_code == 201
    assert signing_in(limited, "ann", PASSWORD).status_code == 201


def test_posts_are_limited_by_account(limited: World) -> None:
    ann, bob = limited.people("ann", "bob")
    bob.follow(ann)
    with time_machine.travel(NOON + timedelta(seconds=20), tick=False):
        answers = [ann.client.post("/statuses/", {"text": "hello"}) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
        assert [told(answer)[1] for answer in answers] == [2, 1, 0, 0, 0]
        assert_refused(answers[3], 40)
        assert ann.account()["statuses_count"] == 3
        assert limited.fan_out_queue.size() == 3, "nothing is sent for one that is refused"
        assert bob.client.post("/statuses/", {"text": "hello"}).status_code == 201
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert ann.post("hello")["text"] == "hello"


def test_a_repeated_idempotency_key_counts_once_and_is_never_refused(limited: World) -> None:
    ann = limited.sign_up("ann")

    def post(text: str, key: str) -> Any:
        return ann.client.post("/statuses/", {"text": text}, HTTP_IDEMPOTENCY_KEY=key)

    with time_machine.travel(NOON, tick=False):
        assert [told(post("one", "1"))[1] for _ in range(5)] == [2] * 5
        assert post("another", "1").status_code == 409
        assert told(post("another", "1"))[1] == 2
        assert [post("two", "2").status_code, post("three", "3").status_code] == [201, 201]
        assert_refused(post("four", "4"), 60)
        again = post("one", "1")
        assert (again.status_code, told(again)[1]) == (201, 0)


def test_a_deleted_status_has_been_posted(limited: World) -> None:
    ann = limited.sign_up("ann")
    with time_machine.travel(NOON, tick=False):
        for _ in range(3):
            assert ann.client.delete(f"/statuses/{ann.post('hello')['id']}/").status_code == 204
        assert_refused(ann.client.post("/statuses/", {"text": "hello"}), 60)


def test_follows_and_unfollows_are_limited_together_by_account(limited: World) -> None:
    ann, bob = limited.people("ann", "bob")
    with time_machine.travel(NOON, tick=False):
        path = "/accounts/ann/follow/"
        requests: list[Callable[[str], Any]] = [bob.client.post, bob.client.delete, bob.client.post]
        answers = [send(path) for send in requests]
        assert [answer.status_code for answer in answers] == [201, 204, 201]
        assert [told(answer) for answer in answers] == [(3, 2, 60), (3, 1, 60), (3, 0, 60)]
        assert_refused(bob.client.delete(path), 60)
        assert_refused(bob.client.post("/accounts/nobody/follow/"), 60)
        assert ann.client.post("/accounts/bob/follow/").status_code == 201
        assert ann.client.post("/accounts/bob/follow/").status_code == 409
    assert ann.account()["followers_count"] == 1


def test_new_pictures_are_limited_by_account_before_they_are_looked_at(limited: World) -> None:
    ann, bob = limited.people("ann", "bob")
    with time_machine.travel(NOON, tick=False):
        broken = {"avatar": base64.b64encode(png()[:40]).decode()}
        changes = [{"avatar": avatar()}, broken, {"avatar": avatar("red")}]
        answers = [ann.client.patch("/accounts/me/", change) for change in changes]
        assert [answer.status_code for answer in answers] == [200, 400, 200]
        assert [told(answer) for answer in answers] == [(3, 2, 60), (3, 1, 60), (3, 0, 60)]
        before = (stored_pictures(), limited.fan_out_queue.size())
        assert_refused(ann.client.patch("/accounts/me/", broken), 60)
        assert_refused(ann.client.patch("/accounts/me/", changes[0] | {"name": "Anna"}), 60)
        assert (stored_pictures(), limited.fan_out_queue.size()) == before
        assert ann.account()["name"] == "Ann"
        assert bob.client.patch("/accounts/me/", changes[0]).status_code == 200
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert ann.client.patch("/accounts/me/", changes[0]).status_code == 200


def test_a_change_without_a_picture_and_an_invalid_one_count_for_no_picture(
    limited: World,
) -> None:
    ann = limited.sign_up("ann")
    for change in ({"name": "Anna"}, {"name": "", "avatar": avatar()}):
        assert "RateLimit-Limit" not in ann.client.patch("/accounts/me/", change).headers


def test_sign_ins_tell_what_is_left_whether_right_or_wrong(limited: World) -> None:
    limited.sign_up("ann")
    with time_machine.travel(NOON + timedelta(seconds=20), tick=False):
        answers = [signing_in(limited, "ann", "wrong") for _ in range(2)]
        assert [told(answer) for answer in answers] == [(3, 2, 40), (3, 1, 40)]
        assert told(signing_in(limited, "ann", PASSWORD)) == (3, 3, 40)
        answers = [signing_in(limited, "ann", "wrong") for _ in range(4)]
        assert [told(answer)[1] for answer in answers] == [2, 1, 0, 0]
        assert_refused(answers[3], 40)


def test_failures_at_an_alias_do_not_keep_out_its_owner_who_comes_from_elsewhere(
    limited: World, set_config: Configure
) -> None:
    set_config(sign_in_attempts="2", sign_in_attempts_by_alias="4")
    with time_machine.travel(NOON, tick=False):
        assert signing_up(limited, "ann", "192.0.2.77").status_code == 201
        answers = [signing_in(limited, "ann", "wrong", f"198.51.100.{n}") for n in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
        assert signing_in(limited, "ann", PASSWORD, "198.51.100.9").status_code == 429
        assert signing_in(limited, "ann", PASSWORD, "192.0.2.77").status_code == 201


def wrong_password(person: Person) -> Any:
    change = {"password": "another horse, correct", "current_password": "wrong"}
    return person.client.patch("/accounts/me/", change)


def test_wrong_passwords_within_a_session_are_limited_by_session(limited: World) -> None:
    ann = limited.sign_up("ann")
    with time_machine.travel(NOON, tick=False):
        token = signing_in(limited, "ann", PASSWORD).data["token"]
        stolen = Person("ann", APIClient(HTTP_AUTHORIZATION=f"Bearer {token}"), token)
        answers = [wrong_password(stolen) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
        assert [told(answer)[1] for answer in answers] == [2, 1, 0, 0]
        assert_refused(answers[3], 60)
        change = {"password": "another horse, correct", "current_password": PASSWORD}
        assert_refused(stolen.client.patch("/accounts/me/", change), 60)
        assert_refused(stolen.client.delete("/accounts/me/", {"password": PASSWORD}), 60)
        assert stolen.client.patch("/accounts/me/", {"name": "Ann"}).status_code == 200
        answer = ann.client.patch("/accounts/me/", change)
        assert (answer.status_code, told(answer)[1]) == (200, 3)
        assert stolen.client.get("/accounts/me/").status_code == 401


def test_what_counts_for_no_limit_tells_of_none(limited: World) -> None:
    ann = limited.sign_up("ann")
    for path in ("/accounts/ann/", "/accounts/me/", "/feed/", "/accounts/ann/story/"):
        assert "RateLimit-Limit" not in ann.client.get(path).headers
    assert "RateLimit-Limit" not in limited.anonymous.post("/statuses/", {"text": "x"}).headers


def test_a_browser_that_signs_in_meets_the_same_limit(limited: World) -> None:
    limited.sign_up("ann")
    with time_machine.travel(NOON + timedelta(seconds=20), tick=False):
        fields = {"alias": "ann", "password": "wrong"}
        browser = APIClient(HTTP_ACCEPT="text/html")
        answers = [browser.post("/sign-in/", fields, format="multipart") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert [told(answer)[1] for answer in answers] == [2, 1, 0, 0]
        assert answers[3].headers["Retry-After"] == "40"
        assert b"Try again in 40 seconds." in answers[3].content
        assert signing_in(limited, "ann", PASSWORD, "127.0.0.1").status_code == 429


def test_web_clients_of_other_origins_may_read_what_is_left(limited: World, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    answer = limited.anonymous.get("/", HTTP_ORIGIN="https://app.example.org")
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"} <= set(
        exposed
    )


def test_every_endpoint_that_is_limited_says_so_in_the_schema(world: World) -> None:
    schema = world.anonymous.get("/schema/", HTTP_ACCEPT="application/json").json()
    limited = {
        f"{method.upper()} {path}": described["responses"]
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
        if "429" in described["responses"]
    }
    assert_whole(LIMITED, limited, "LIMITED in tests/api/test_limits.py")
    for call, responses in limited.items():
        success = min(responses)
        for status in (success, "429"):
            assert "RateLimit-Remaining" in responses[status]["headers"], (call, status)
        assert "Retry-After" in responses["429"]["headers"]
