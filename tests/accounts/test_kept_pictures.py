"""Each stored picture is that of an account, or soon gone, wherever a request dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.world import PASSWORD, Person, World, avatar, later, stored_pictures
from tweeter import aws


class Died(BaseException):
    """The process is gone: nothing of it may catch this."""


def wear(person: Person, colour: str) -> Any:
    return person.client.patch("/accounts/me/", {"avatar": avatar(colour)})


def settle(world: World) -> None:
    """Let the time of all checks come."""
    with later(timedelta(minutes=3)):
        world.deliver()


@contextmanager
def failing(service: Any, operation: str, error: BaseException) -> Iterator[None]:
    """Have a call to AWS fail before it is sent."""

    def fail(**_: object) -> None:
        raise error

    client = aws.client(service)
    client.meta.events.register(f"before-call.{service}.{operation}", fail)
    try:
        yield
    finally:
        client.meta.events.unregister(f"before-call.{service}.{operation}", fail)


def test_a_sign_up_that_dies_before_its_account_is_stored_leaves_no_picture(world: World) -> None:
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("red")}
    with failing("dynamodb", "TransactWriteItems", Died()), pytest.raises(Died):
        world.anonymous.post("/accounts/", fields)
    assert len(stored_pictures()) == 1
    settle(world)
    assert stored_pictures() == set()


def test_a_change_that_dies_before_it_is_stored_leaves_the_old_picture_only(world: World) -> None:
    ann = world.sign_up("ann")
    url = wear(ann, "red").data["avatar_url"]
    with failing("dynamodb", "UpdateItem", Died()), pytest.raises(Died):
        wear(ann, "blue")
    settle(world)
    (key,) = stored_pictures()
    assert url.endswith(key)
    assert ann.account()["avatar_url"] == url


def test_a_change_that_dies_before_the_old_picture_is_deleted_leaves_the_new_one_only(
    world: World,
) -> None:
    ann = world.sign_up("ann")
    wear(ann, "red")
    with failing("s3", "DeleteObject", Died()), pytest.raises(Died):
        wear(ann, "blue")
    assert len(stored_pictures()) == 2
    settle(world)
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_a_change_is_made_though_the_old_picture_can_not_be_deleted_now(world: World) -> None:
    ann = world.sign_up("ann")
    wear(ann, "red")
    with failing("s3", "DeleteObject", EndpointConnectionError(endpoint_url="http://s3")):
        assert wear(ann, "blue").status_code == 200
    settle(world)
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_a_picture_that_is_worn_again_outlives_the_checks_of_its_former_time(world: World) -> None:
    ann = world.sign_up("ann")
    for colour in ("red", "blue", "red"):
        assert wear(ann, colour).status_code == 200
    settle(world)
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_the_loser_of_a_double_sign_up_does_not_take_the_winners_picture_away(
    world: World,
) -> None:
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("red")}
    clicks: list[Callable[[], int]] = [
        lambda: world.anonymous.post("/accounts/", fields).status_code
    ]

    def click_again(**_: object) -> None:
        """Sign up a second time just before the first one stores its account."""
        while clicks:
            assert clicks.pop()() == 201

    events = aws.client("dynamodb").meta.events
    events.register("before-call.dynamodb.TransactWriteItems", click_again)
    try:
        assert world.anonymous.post("/accounts/", fields).status_code == 409
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", click_again)
    settle(world)
    (key,) = stored_pictures()
    account = world.anonymous.get("/accounts/ann/").data
    assert account["avatar_url"].endswith(key)
