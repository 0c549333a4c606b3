"""Calls that are done and whose answers never come: over HTTP, since DynamoDB does by its token
once what it is asked for again, and the AWS in this process knows no tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.sent_again import sent_again
from tests.faults import Service, answer_lost, answered, cancelled
from tests.stateful.workers import fan_out_worker
from tests.world import PASSWORD, Person, World, avatar, later, stored_pictures


@pytest.fixture
def world(aws_over_http: None) -> World:
    return World()


@pytest.fixture
def people(world: World) -> list[Person]:
    """Ann, and Bob who follows her."""
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    return [ann, bob]


IN_PROGRESS = ClientError({"Error": {"Code": "TransactionInProgressException"}}, "Any")
"""What a transaction is answered with that is under way still."""


def post_with_key(author: Person) -> Any:
    return author.client.post("/statuses/", {"text": "hello"}, HTTP_IDEMPOTENCY_KEY="once")


def story(world: World) -> list[str]:
    return [each["text"] for each in world.anonymous.get("/accounts/ann/story/").data["results"]]


def test_a_transaction_that_is_sent_again_is_done_once(world: World, people: list[Person]) -> None:
    ann, bob = people
    with sent_again("dynamodb", "TransactWriteItems"):
        assert ann.client.post("/statuses/", {"text": "hello"}).status_code == 201
    assert_posted_once(world, bob)


def test_a_transaction_that_is_still_under_way_is_not_done_anew(
    world: World, people: list[Person]
) -> None:
    ann, bob = people
    with answered("dynamodb", "TransactWriteItems", IN_PROGRESS):
        assert ann.client.post("/statuses/", {"text": "hello"}).status_code == 201
    assert_posted_once(world, bob)
    with answered("dynamodb", "TransactWriteItems", IN_PROGRESS):
        assert bob.client.delete("/accounts/ann/follow/").status_code == 204
    assert ann.account()["followers_count"] == 0


@pytest.mark.parametrize(
    "reason", ["ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"]
)
def test_a_transaction_that_was_done_and_is_then_refused_is_not_done_anew(
    world: World, people: list[Person], reason: str
) -> None:
    ann, bob = people
    with sent_again("dynamodb", "TransactWriteItems"), cancelled(reason, attempt=2) as attempts:
        assert ann.client.post("/statuses/", {"text": "hello"}).status_code == 201
    assert len(attempts) == 3
    assert_posted_once(world, bob)


def test_a_message_that_is_sent_twice_is_delivered_once(world: World, people: list[Person]) -> None:
    ann, bob = people
    with sent_again("sqs", "SendMessageBatch"):
        assert ann.client.post("/statuses/", {"text": "hello"}).status_code == 201
    assert_posted_once(world, bob)


@pytest.mark.parametrize(
    ("service", "operation"),
    [("sqs", "SendMessageBatch"), ("dynamodb", "TransactWriteItems")],
    ids=["the message's", "the transaction's"],
)
def test_after_a_lost_answer_the_same_key_posts_once(
    world: World, people: list[Person], service: Service, operation: str
) -> None:
    ann, bob = people
    with answer_lost(service, operation):
        assert post_with_key(ann).status_code == 503
    first, second = post_with_key(ann), post_with_key(ann)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data["id"] == second.data["id"]
    assert_posted_once(world, bob)


def test_what_was_answered_is_delivered_though_everything_fails_right_after(
    world: World, people: list[Person]
) -> None:
    ann, bob = people
    ann.post("hello")
    with answer_lost("dynamodb", "BatchWriteItem"), answer_lost("sqs", "SendMessageBatch"):
        world.deliver()
    assert bob.feed() == ["hello"]
    assert world.fan_out_queue.dead_letters() == world.feed_queue.dead_letters() == []


def test_a_run_of_the_planner_gives_out_what_it_has_taken_though_the_answer_was_lost(
    world: World,
) -> None:
    ann, *fans = world.people("ann", "bob", "cid", "dan")
    for fan in fans:
        fan.follow(ann)
    ann.post("hello")
    worker = fan_out_worker()
    worker.take()
    with sent_again("dynamodb", "PutItem", table="budgets"):
        worker.run()
    assert world.feed_queue.size() == 2  # chunks, of two feeds at most
    world.run_feed_write()
    assert [fan.feed() for fan in fans] == 3 * [["hello"]]


def test_a_picture_is_changed_though_the_answer_was_lost(people: list[Person]) -> None:
    ann = people[0]
    wear(ann, "red")
    with sent_again("dynamodb", "TransactWriteItems"):
        answer = wear(ann, "blue")
    assert answer.status_code == 200
    (key,) = stored_pictures()
    assert answer.data["avatar_url"].endswith(key)


def test_a_picture_that_another_change_replaces_before_the_second_attempt_stays_replaced(
    world: World, people: list[Person]
) -> None:
    ann = people[0]
    wear(ann, "red")
    with sent_again("dynamodb", "TransactWriteItems", meanwhile=lambda: wear(ann, "green")):
        assert wear(ann, "blue").status_code == 200
    with later(timedelta(minutes=3)):
        world.deliver()
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_a_name_that_another_change_replaces_before_the_second_attempt_stays_replaced(
    people: list[Person],
) -> None:
    ann = people[0]
    with sent_again("dynamodb", "TransactWriteItems", meanwhile=lambda: call(ann, "Anna")):
        assert call(ann, "Annie").status_code == 200
    assert ann.account()["name"] == "Anna"


def test_an_account_is_deleted_though_the_answer_was_lost(people: list[Person]) -> None:
    ann, bob = people
    with sent_again("dynamodb", "TransactWriteItems"):
        answer = ann.client.delete("/accounts/me/", {"password": PASSWORD})
    assert answer.status_code == 204
    assert bob.client.get("/accounts/ann/").status_code == 404


def test_who_signed_up_is_told_so_though_the_answer_was_lost(world: World) -> None:
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("red")}
    with sent_again("dynamodb", "TransactWriteItems"):
        answer = world.anonymous.post("/accounts/", fields)
    assert answer.status_code == 201
    (key,) = stored_pictures()
    assert answer.data["account"]["avatar_url"].endswith(key)
    headers = {"Authorization": f"Bearer {answer.data['token']}"}
    assert world.anonymous.get("/accounts/me/", headers=headers).status_code == 200


def call(person: Person, name: str) -> Any:
    return person.client.patch("/accounts/me/", {"name": name})


def wear(person: Person, colour: str) -> Any:
    return person.client.patch("/accounts/me/", {"avatar": avatar(colour)})


def assert_posted_once(world: World, follower: Person) -> None:
    world.deliver()
    assert story(world) == ["hello"]
    assert world.anonymous.get("/accounts/ann/").data["statuses_count"] == 1
    assert follower.feed() == ["hello"]
