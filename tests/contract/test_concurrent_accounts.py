"""Accounts, pictures and sessions, many at once: over HTTP only, like test_concurrency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.at_once import Call, at_once, statuses_of
from tests.faults import counted
from tests.world import PASSWORD, Person, World, avatar, later, stored_pictures


@pytest.fixture
def world(aws_over_http: None) -> World:
    return World()


def sign_up(alias: str, **fields: Any) -> Call:
    fields |= {"alias": alias, "name": alias, "password": PASSWORD}
    return lambda: World().anonymous.post("/accounts/", fields)


def change(person: Person, **fields: Any) -> Call:
    return lambda: person.client.patch("/accounts/me/", fields)


def test_of_two_who_want_one_alias_at_the_same_moment_one_gets_it(world: World) -> None:
    answers = at_once([sign_up("ann"), sign_up("ANN"), sign_up("Ann")])
    assert statuses_of(answers) == [201, 409, 409]


def test_a_double_click_on_sign_up_leaves_the_picture_of_the_one_that_was_answered(
    world: World,
) -> None:
    answers = at_once([sign_up("ann", avatar=avatar("red")) for _ in range(4)])
    assert statuses_of(answers) == [201, 409, 409, 409]
    (won,) = [answer.data["account"] for answer in answers if answer.status_code == 201]
    (key,) = stored_pictures()
    assert won["avatar_url"].endswith(key)


def test_the_picture_that_is_left_of_several_set_at_once_is_there(world: World) -> None:
    ann = world.sign_up("ann")
    colours = ("red", "blue", "green", "red")
    answers = at_once([change(ann, avatar=avatar(colour)) for colour in colours])
    assert statuses_of(answers) == [200] * 4
    assert any(ann.account()["avatar_url"].endswith(key) for key in stored_pictures())


def test_a_double_click_on_a_new_password_sets_one_and_keeps_a_session(world: World) -> None:
    ann = world.sign_up("ann")
    clicks = [
        change(ann, current_password=PASSWORD, password=f"{number} horses, correct")
        for number in range(3)
    ]
    answers = at_once(clicks)
    assert statuses_of(answers) == [200, 400, 400]
    assert ann.client.get("/accounts/me/").status_code == 200
    (won,) = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    fields = {"alias": "ann", "password": f"{won} horses, correct"}
    assert world.anonymous.post("/sessions/", fields).status_code == 201


def test_a_session_used_by_many_requests_at_once_is_renewed_with_few_writes(world: World) -> None:
    ann = world.sign_up("ann")
    use: Call = lambda: ann.client.get("/sessions/current/")  # noqa: E731
    with later(timedelta(minutes=50)):
        assert statuses_of(at_once([use] * 20)) == [200] * 20
        with counted("UpdateItem") as writes:
            assert statuses_of(at_once([use] * 20)) == [200] * 20
        assert writes == []
    with later(timedelta(minutes=109)):
        assert use().status_code == 200


def test_requests_that_run_while_someone_signs_out_do_not_bring_the_session_back(
    world: World,
) -> None:
    ann = world.sign_up("ann")
    use: Call = lambda: ann.client.get("/sessions/current/")  # noqa: E731
    sign_out: Call = lambda: ann.client.delete("/sessions/current/")  # noqa: E731
    with later(timedelta(minutes=10)):
        answers = at_once([use, use, use, sign_out, use, use, use])
        assert answers[3].status_code == 204
        assert {answer.status_code for answer in answers} <= {200, 204, 401}
        assert use().status_code == 401


def test_a_double_click_on_the_deletion_of_an_account_deletes_it_once(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    close: Call = lambda: ann.client.delete(  # noqa: E731
        "/accounts/me/", {"password": PASSWORD}
    )
    answers = at_once([close] * 3)
    assert statuses_of(answers) == [204, 401, 401]
    world.deliver()
    assert bob.account()["followers_count"] == 0
