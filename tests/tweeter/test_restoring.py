"""What a restoration brings back is enough: the precious tables, and nothing of the others."""

from __future__ import annotations

from tests.contract.emptying import empty_table
from tests.world import World
from tweeter import aws
from tweeter.tables import all_tables


def lose_all_that_is_not_precious() -> None:
    for spec in all_tables():
        if not spec.precious:
            empty_table(aws.client("dynamodb"), spec)


def test_what_was_delivered_before_a_restoration_is_delivered_after_it(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    status = ann.post("hello")
    world.deliver()
    lose_all_that_is_not_precious()
    assert world.sign_in("ann").delivery(status)["state"] == "delivered"
    assert world.sign_in("bob").feed() == ["hello"]


def test_after_a_restoration_statuses_are_posted_and_delivered_as_before(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ann.post("before")
    world.deliver()
    lose_all_that_is_not_precious()
    status = world.sign_in("ann").post("after")
    world.deliver()
    assert world.sign_in("ann").delivery(status)["state"] == "delivered"
    assert world.sign_in("bob").feed() == ["after", "before"]
