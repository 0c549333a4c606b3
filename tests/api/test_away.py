"""A store or queue that is away, throttles or fails: 503, and nothing half-done."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.faults import FAULTS, fault
from tests.world import PASSWORD, World


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
    content = BytesIO()
    Image.new("RGB", (9, 9)).save(content, "PNG")
    avatar = base64.b64encode(content.getvalue()).decode()
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar}
    with fault("s3", FAULTS["away"]):
        assert_unavailable(world.anonymous.post("/accounts/", fields))
    assert world.anonymous.get("/accounts/ann/").status_code == 404
    assert world.anonymous.post("/accounts/", fields).status_code == 201


def test_health_names_what_does_not_answer(world: World) -> None:
    with fault("sqs", FAULTS["away"]):
        answer = world.anonymous.get("/health/")
    assert answer.status_code == 503
    assert "fan-out queue, feed queue" in answer.json()["errors"][0]["detail"]
