"""A store or queue that is away, throttles or fails: 503, and nothing half-done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.dao import DynamoAccountDao
from tests.faults import FAULTS, cancelled, fault, in_conflict
from tests.security.hashers import older_hash
from tests.world import PASSWORD, World, avatar, later
from tweeter import wiring


def assert_unavailable(answer: Any) -> None:
    assert answer.status_code == 503, answer.content
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["type"] == "server_error"
    assert answer.json()["errors"][0]["code"] == "unavailable"


@pytest.mark.parametrize("make", FAULTS.values(), ids=FAULTS.keys())
def test_reading_and_writing_without_tables_is_unavailable(
    world: World, make: Callable[[], Exception]
) -> None:
    ann = world.sign_up("ann")
    with fault("dynamodb", make):
        assert_unavailable(world.anonymous.get("/accounts/ann/"))
        assert_unavailable(world.anonymous.get("/accounts/ann/story/"))
        assert_unavailable(ann.client.get("/feed/"))
        assert_unavailable(ann.client.post("/statuses/", {"text": "hello"}))
        assert_unavailable(
            world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
        )
    assert ann.account()["statuses_count"] == 0


@pytest.mark.parametrize("kind", ["away", "throttling", "failing"])
def test_a_post_without_its_queue_stores_nothing(world: World, kind: str) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    with fault("sqs", FAULTS[kind]):
        assert_unavailable(ann.client.post("/statuses/", {"text": "hello"}))
        assert ann.client.get("/feed/").status_code == 200
    assert list(ann.walk("/accounts/ann/story/")) == []
    assert world.deliver() == 0


def test_a_status_whose_table_was_away_is_dropped_by_the_fan_out(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    with fault("dynamodb", FAULTS["away"], operation="TransactWriteItems"):
        assert_unavailable(ann.client.post("/statuses/", {"text": "lost"}))
    ann.post("stored")
    world.deliver()
    assert bob.feed() == ["stored"]
    assert world.fan_out_queue.size() == 0


def test_signing_up_without_the_bucket_creates_no_account(world: World) -> None:
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("teal")}
    with fault("s3", FAULTS["away"]):
        assert_unavailable(world.anonymous.post("/accounts/", fields))
    assert world.anonymous.get("/accounts/ann/").status_code == 404
    assert world.anonymous.post("/accounts/", fields).status_code == 201


def test_health_names_what_does_not_answer(world: World) -> None:
    with fault("sqs", FAULTS["away"]):
        answer = world.anonymous.get("/health/")
    assert answer.status_code == 503
    assert "fan-out queue, feed queue" in answer.json()["errors"][0]["detail"]


def test_a_session_whose_use_cannot_be_written_down_is_served_and_goes_on(world: World) -> None:
    ann = world.sign_up("ann")
    ends = datetime.now(UTC) + timedelta(minutes=60)
    with fault("dynamodb", FAULTS["without capacity"], operation="UpdateItem", table="sessions"):
        for minutes in (2, 30):
            with time_machine.travel(ends - timedelta(minutes=60 - minutes), tick=True):
                assert ann.client.get("/accounts/me/").status_code == 200
    with time_machine.travel(ends - timedelta(minutes=1), tick=True):
        assert ann.client.get("/accounts/me/").status_code == 200
    with time_machine.travel(ends + timedelta(minutes=58), tick=True):
        assert ann.client.get("/accounts/me/").status_code == 200


def test_a_session_whose_use_is_written_down_while_its_password_is_changed_is_served(
    world: World,
) -> None:
    ann = world.sign_up("ann")
    with later(timedelta(minutes=5)), in_conflict("UpdateItem") as attempts:
        assert ann.client.get("/accounts/me/").status_code == 200
        assert attempts == ["UpdateItem"]
        assert ann.client.get("/accounts/me/").status_code == 200
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"),
    [
        ("patch", "/accounts/me/", {"name": "Anna"}, 200),
        ("delete", "/accounts/me/", {"password": PASSWORD}, 204),
        ("delete", "/sessions/current/", {}, 204),
    ],
)
def test_what_somebody_else_is_changing_at_this_moment_is_changed_right_after(
    world: World, method: str, path: str, fields: dict[str, str], status: int
) -> None:
    ann = world.sign_up("ann")
    with cancelled("TransactionConflict", attempt=1) as attempts:
        assert getattr(ann.client, method)(path, fields).status_code == status
    assert len(attempts) == 2


def test_a_picture_is_changed_although_the_one_before_cannot_be_deleted(world: World) -> None:
    ann = world.sign_up("ann")
    before = ann.client.patch("/accounts/me/", {"avatar": avatar("red")}).data["avatar_url"]
    with fault("s3", FAULTS["away"], operation="DeleteObject"):
        answer = ann.client.patch("/accounts/me/", {"avatar": avatar("blue")})
    assert answer.status_code == 200
    assert answer.data["avatar_url"] == ann.account()["avatar_url"] != before


def test_a_new_password_that_is_stored_is_told_of_whatever_is_away_from_then_on(
    world: World,
) -> None:
    ann = world.sign_up("ann")
    change = {"name": "Anna", "password": "another horse", "current_password": PASSWORD}
    with fault("dynamodb", FAULTS["away"], operation="GetItem"):
        answer = ann.client.patch("/accounts/me/", change)
    assert answer.status_code == 200
    assert answer.data == ann.account()
    assert world.sign_in("ann", "another horse").account()["name"] == "Anna"


CHANGE = {"password": "another horse", "current_password": PASSWORD}


@pytest.mark.parametrize(
    ("call", "fields", "refusal"),
    [
        ("POST /accounts/bob/follow/", {}, 409),
        ("DELETE /statuses/{id}/", {}, 404),
        ("DELETE /sessions/current/", {}, 401),
        ("DELETE /accounts/me/", {"password": PASSWORD}, 401),
        ("PATCH /accounts/me/", CHANGE, 400),
    ],
)
def test_what_is_tried_again_though_it_was_done_is_refused_as_the_schema_says(
    world: World, call: str, fields: dict[str, str], refusal: int
) -> None:
    ann, _ = world.people("ann", "bob")
    method, path = call.format(id=ann.post("hello")["id"]).split()
    send = getattr(ann.client, method.lower())
    first, second = send(path, fields), send(path, fields)
    assert (first.status_code // 100, second.status_code) == (2, refusal)
    schema = world.anonymous.get("/schema/", HTTP_ACCEPT="application/json").json()
    again = schema["info"]["description"].partition("**Trying again.**")[2].partition("**")[0]
    assert str(refusal) in again or second.data["errors"][0]["code"] in again


def test_a_hash_that_cannot_be_renewed_keeps_nobody_out(world: World) -> None:
    world.sign_up("ann")
    older = older_hash(PASSWORD)
    DynamoAccountDao().rehash(wiring.account_service().get("ann"), older)
    begun_then_throttled = iter([None, FAULTS["throttling"]()])
    with fault("dynamodb", lambda: next(begun_then_throttled), operation="TransactWriteItems"):
        assert sign_in(world).status_code == 201
    assert next(begun_then_throttled, None) is None
    assert wiring.account_service().get("ann").password_hash == older
    assert sign_in(world).status_code == 201
    assert wiring.account_service().get("ann").password_hash != older


def sign_in(world: World) -> Any:
    return world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
