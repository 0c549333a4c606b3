"""Each stored picture is that of an account, or soon gone, wherever a request dies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.faults import FAULTS, Died, died, fault, just_before
from tests.world import PASSWORD, Person, World, avatar, later, stored_pictures


def wear(person: Person, colour: str) -> Any:
    return person.client.patch("/accounts/me/", {"avatar": avatar(colour)})


def settle(world: World) -> None:
    """Let the time of all checks come."""
    with later(timedelta(minutes=3)):
        world.deliver()


def test_a_sign_up_that_dies_before_its_account_is_stored_leaves_no_picture(world: World) -> None:
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("red")}
    with fault("dynamodb", died, operation="TransactWriteItems"), pytest.raises(Died):
        world.anonymous.post("/accounts/", fields)
    assert len(stored_pictures()) == 1
    settle(world)
    assert stored_pictures() == set()


def test_a_change_that_dies_before_it_is_stored_leaves_the_old_picture_only(world: World) -> None:
    ann = world.sign_up("ann")
    url = wear(ann, "red").data["avatar_url"]
    with fault("dynamodb", died, operation="TransactWriteItems"), pytest.raises(Died):
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
    with fault("s3", died, operation="DeleteObject"), pytest.raises(Died):
        wear(ann, "blue")
    assert len(stored_pictures()) == 2
    settle(world)
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_a_change_is_made_though_the_old_picture_can_not_be_deleted_now(world: World) -> None:
    ann = world.sign_up("ann")
    wear(ann, "red")
    with fault("s3", FAULTS["away"], operation="DeleteObject"):
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

    def click_before() -> None:
        assert world.anonymous.post("/accounts/", fields).status_code == 201

    with just_before("dynamodb", "TransactWriteItems", click_before):
        assert world.anonymous.post("/accounts/", fields).status_code == 409
    settle(world)
    (key,) = stored_pictures()
    account = world.anonymous.get("/accounts/ann/").data
    assert account["avatar_url"].endswith(key)


def test_of_two_changes_at_once_both_are_made_and_one_picture_is_left(world: World) -> None:
    ann = world.sign_up("ann")
    wear(ann, "red")
    with just_before("dynamodb", "TransactWriteItems", lambda: wear(ann, "green")):
        url = wear(ann, "blue").data["avatar_url"]
    settle(world)
    (key,) = stored_pictures()
    assert url.endswith(key)
    assert ann.account()["avatar_url"] == url
