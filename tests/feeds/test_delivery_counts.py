"""What an author is told of a delivery, whoever unfollows and whatever dies in its middle."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.entities import Chunk
from feeds.messages import encode
from tests.faults import just_before
from tests.world import Person, World


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


def test_somebody_who_unfollows_while_the_followers_are_read_counts_once(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    author, bob, cid = people
    status = author.post("hello")

    def leave() -> None:
        """When the present followers have been read, and no former ones yet."""
        cid.unfollow(author)

    with just_before("dynamodb", "Query", leave, table="former-follows"):
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
