"""What an author is told of a delivery, whoever unfollows and whatever dies in its middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from feeds.entities import Chunk
from feeds.messages import encode
from tests.world import Person, World
from tweeter import aws
from tweeter.config import get_config


@pytest.fixture
def people(world: World) -> tuple[Person, Person, Person]:
    """An author and two followers."""
    author, *followers = world.people("ann", "bob", "cid")
    for follower in followers:
        follower.follow(author)
    return author, followers[0], followers[1]


def told(author: Person, status: dict[str, Any]) -> tuple[str, int, int]:
    delivery = author.delivery(status)
    return delivery["state"], delivery["followers"], delivery["delivered"]


@contextmanager
def leaving_before_former_followers_are_read(follower: Person, author: Person) -> Iterator[None]:
    """Have somebody unfollow when the present followers have been read, and no former ones yet."""
    has_left: list[bool] = []

    def leave(params: dict[str, Any], **_: object) -> None:
        if get_config().table_name("former-follows") in str(params["body"]) and not has_left:
            has_left.append(True)
            follower.unfollow(author)

    events = aws.client("dynamodb").meta.events
    events.register("before-call.dynamodb.Query", leave)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb.Query", leave)
    assert has_left


def test_somebody_who_unfollows_while_the_followers_are_read_counts_once(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    author, bob, cid = people
    status = author.post("hello")
    with leaving_before_former_followers_are_read(cid, author):
        world.run_fan_out()
    world.deliver()
    assert told(author, status) == ("delivered", 2, 2)
    assert (bob.feed(), cid.feed()) == (["hello"], ["hello"])


def test_a_chunk_that_a_run_which_died_had_cut_otherwise_ends_a_delivery_all_the_same(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    author, bob, cid = people
    status = author.post("hello")
    ann_id, bob_id = (person.account()["alias"] for person in (author, bob))
    world.feed_queue.send(encode(Chunk(status["id"], ann_id, 0, 1, (bob_id,))))
    world.run_feed_write()
    world.deliver()
    assert told(author, status) == ("delivered", 2, 2)
    assert (bob.feed(), cid.feed()) == (["hello"], ["hello"])


def test_a_delivery_is_not_over_before_each_of_its_chunks_is_written(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    author, bob, _ = people
    status = author.post("hello")
    ann_id, bob_id = (person.account()["alias"] for person in (author, bob))
    world.feed_queue.send(encode(Chunk(status["id"], ann_id, 7, 2, (bob_id,))))
    world.run_feed_write()
    world.run_fan_out()
    assert told(author, status)[0] == "delivering"
    world.deliver()
    assert told(author, status) == ("delivered", 2, 2)
