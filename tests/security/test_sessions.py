"""Tokens: how they are made and kept, when they end, and that nothing brings one back."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from bench.recorder import Call, Recorder
from tests.faults import handling, just_before
from tests.security.stored import everything, items
from tests.world import PASSWORD, Person, World
from tweeter import aws, wiring
from tweeter.config import get_config

NEW_PASSWORD = "another horse, correct"
LIFETIME = timedelta(minutes=get_config().session_minutes)


def sign_in(world: World, password: str = PASSWORD) -> Any:
    return world.anonymous.post("/sessions/", {"alias": "ann", "password": password})


def signed_in(world: World) -> Person:
    """Return Ann, who has signed up already, in a session of its own."""
    return world.sign_in("ann")


def is_alive(person: Person) -> bool:
    status = person.client.get("/sessions/current/").status_code
    assert status in {200, 401}
    return status == 200


def change_password(person: Person) -> None:
    change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    assert person.client.patch("/accounts/me/", change).status_code == 200


def test_a_token_holds_256_bits_that_cannot_be_foretold(world: World) -> None:
    world.sign_up("ann")
    ann = wiring.account_service().get("ann")
    tokens = [sign_in(world).data["token"]]
    for _ in range(2):
        random.seed(1)  # what `random` would give next is the same twice
        tokens += [wiring.session_service().prepare(ann)[1].token for _ in range(500)]
    secrets = [base64.urlsafe_b64decode(token.partition(".")[2] + "=") for token in tokens]
    assert {len(secret) for secret in secrets} == {32}
    assert len(set(secrets)) == len(secrets)
    for position in range(256):  # of 1,001 fair coins, fewer than 370 heads: once in 10^15
        ones = sum(secret[position // 8] >> position % 8 & 1 for secret in secrets)
        assert 370 <= ones <= 631


def test_only_a_hash_of_a_token_is_stored(world: World) -> None:
    ann = world.sign_up("ann")
    secret = ann.token.partition(".")[2]
    (item,) = items("sessions")
    assert item["token_hash"]["S"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(everything())
    assert PASSWORD not in repr(everything())


def test_a_session_ends_by_the_clock_while_its_item_is_still_there(world: World) -> None:
    ann = world.sign_up("ann")
    with time_machine.travel(datetime.now(UTC) + LIFETIME - timedelta(seconds=5), tick=False):
        assert is_alive(ann)
    with time_machine.travel(datetime.now(UTC) + 3 * LIFETIME, tick=False):
        assert not is_alive(ann)
        assert len(items("sessions")) == 1


def test_a_session_in_use_is_written_down_but_now_and_then(world: World) -> None:
    ann = world.sign_up("ann")
    calls: list[Call] = []
    start = datetime.now(UTC)
    with Recorder([aws.client("dynamodb")], calls.append):
        for number in range(1, 41):
            with time_machine.travel(start + number * LIFETIME / 240, tick=False):
                assert is_alive(ann)
    assert 8 <= [call.operation for call in calls].count("UpdateItem") <= 10


def test_a_token_is_taken_from_the_header_alone(world: World) -> None:
    token = world.sign_up("ann").token
    for name in ("token", "access_token", "authorization", "Authorization", "tweeter_token"):
        assert world.anonymous.get(f"/feed/?{name}={token}").status_code == 401
        assert world.anonymous.post("/statuses/", {"text": "x", name: token}).status_code == 401
    assert world.anonymous.get("/feed/", headers={"X-Token": token}).status_code == 401


def test_a_token_of_one_account_is_none_of_another(world: World) -> None:
    secret = world.sign_up("ann").token.partition(".")[2]
    world.sign_up("bob")
    answer = world.anonymous.get("/feed/", headers={"Authorization": f"Bearer bob.{secret}"})
    assert answer.status_code == 401


def test_a_token_that_an_attacker_chose_is_never_taken_over(world: World) -> None:
    world.sign_up("ann")
    chosen = "ann." + "A" * 43
    browser = APIClient()
    browser.cookies["tweeter_token"] = chosen
    answer = browser.post("/sign-in/", {"alias": "ann", "password": PASSWORD}, format="multipart")
    assert answer.status_code == 302
    given = answer.cookies["tweeter_token"].value
    assert given != chosen
    stale = {"Authorization": f"Bearer {chosen}"}
    assert world.anonymous.get("/feed/", headers=stale).status_code == 401
    body = {"alias": "ann", "password": PASSWORD, "token": chosen}
    assert world.anonymous.post("/sessions/", body).data["token"] != chosen


def test_signing_in_over_somebody_elses_session_gives_a_session_of_ones_own(world: World) -> None:
    world.sign_up("ann")
    attacker = world.sign_up("attacker")
    answer = attacker.client.post("/sessions/", {"alias": "ann", "password": PASSWORD})
    assert answer.data["token"] != attacker.token
    assert attacker.account()["alias"] == "attacker"
    assert answer.data["account"]["alias"] == "ann"


def test_a_session_signed_out_during_its_renewal_stays_dead(world: World) -> None:
    ann = world.sign_up("ann")
    key = items("sessions")[0]

    def sign_out() -> None:  # by another request, all of which has happened before this one's write
        aws.client("dynamodb").delete_item(
            TableName=get_config().table_name("sessions"),
            Key={name: key[name] for name in ("account_id", "token_hash")},
        )

    with time_machine.travel(datetime.now(UTC) + LIFETIME / 2, tick=False):
        with just_before("dynamodb", "UpdateItem", sign_out):
            assert ann.client.get("/accounts/me/").status_code == 200
        assert items("sessions") == []
        assert not is_alive(ann)


def test_a_session_signed_out_while_it_posts_ends_all_the_same(world: World) -> None:
    ann = world.sign_up("ann")
    twin = APIClient(HTTP_AUTHORIZATION=f"Bearer {ann.token}")
    with just_before("dynamodb", "TransactWriteItems", lambda: twin.delete("/sessions/current/")):
        assert ann.client.post("/statuses/", {"text": "last words"}).status_code == 201
    assert not is_alive(ann)


def test_a_session_cannot_be_signed_out_by_somebody_else(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    assert bob.client.delete("/sessions/current/").status_code == 204
    assert is_alive(ann)


def test_a_new_password_ends_every_other_session_at_once(world: World) -> None:
    ann = world.sign_up("ann")
    others = [signed_in(world) for _ in range(3)]
    change_password(ann)
    assert is_alive(ann)
    assert [is_alive(other) for other in others] == [False] * 3


def test_a_new_password_ends_a_session_that_is_being_renewed(world: World) -> None:
    ann = world.sign_up("ann")
    other = signed_in(world)
    later = datetime.now(UTC) + LIFETIME / 2
    with time_machine.travel(later, tick=False):
        assert is_alive(ann)  # renewed already, so that the next renewal is the other's
        with just_before("dynamodb", "UpdateItem", lambda: change_password(ann)):
            assert other.client.get("/accounts/me/").status_code == 200
        assert not is_alive(other)
        assert is_alive(ann)


@pytest.mark.parametrize(
    ("late", "key"), [("accounts", ["account_id"]), ("sessions", ["account_id", "token_hash"])]
)
def test_a_session_that_changes_the_password_while_it_is_looked_up_lives_on(
    world: World, late: str, key: list[str]
) -> None:
    """DynamoDB may answer with a part, and give the rest when it is asked again."""
    ann = world.sign_up("ann")
    changed: list[str] = []

    def change_in_between(parsed: dict[str, Any], **_: object) -> None:
        if changed:
            return
        changed.append(late)
        change_password(ann)
        table = get_config().table_name(late)
        [item] = parsed["Responses"].pop(table)
        keys = [{name: item[name] for name in key}]
        parsed["UnprocessedKeys"] = {table: {"Keys": keys, "ConsistentRead": True}}

    with handling("dynamodb", "after-call.dynamodb.BatchGetItem", change_in_between):
        assert ann.client.get("/accounts/me/").status_code == 200
    assert changed


def test_a_sign_in_by_the_old_password_loses_against_the_change(world: World) -> None:
    ann = world.sign_up("ann")
    with just_before("dynamodb", "TransactWriteItems", lambda: change_password(ann)):
        assert sign_in(world).status_code == 401
    assert len(items("sessions")) == 1
    assert sign_in(world, NEW_PASSWORD).status_code == 201


def test_of_two_changes_at_once_one_holds_and_the_other_is_told(world: World) -> None:
    ann = world.sign_up("ann")
    other = signed_in(world)
    change = {"password": "a third horse, correct", "current_password": PASSWORD}
    with just_before("dynamodb", "TransactWriteItems", lambda: change_password(ann)):
        answer = other.client.patch("/accounts/me/", change)
    assert (answer.status_code, answer.data["errors"][0]["attr"]) == (400, "current_password")
    assert sign_in(world, "a third horse, correct").status_code == 401
    assert sign_in(world, NEW_PASSWORD).status_code == 201


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_known_in_any_case(world: World, scheme: str) -> None:
    token = world.sign_up("ann").token
    header = {"Authorization": f"{scheme} {token}"}
    assert world.anonymous.get("/accounts/me/", headers=header).status_code == 200
