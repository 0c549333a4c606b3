"""`removals`: deleted accounts whose removal was lost are found, and removed after all."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests.accounts.test_removal import items_about, remove, settle
from tests.security.stored import items
from tests.world import Person, World, avatar, later, stored_pictures
from tweeter import aws


def said(action: str) -> list[str]:
    out = StringIO()
    call_command("removals", action, stdout=out)
    return out.getvalue().splitlines()


def lose_messages(world: World) -> None:
    """Lose what waits on the queue, as after 14 days."""
    world.fan_out_queue.receive()
    aws.client("sqs").purge_queue(QueueUrl=world.fan_out_queue.url)
    assert world.fan_out_queue.size() == 0


@pytest.fixture
def ann(world: World) -> Person:
    """Ann, who has a picture, a follower and a status, and deletes her account; that is lost."""
    ann, bob = world.people("ann", "bob")
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")})
    bob.follow(ann)
    ann.post("hello")
    with later(timedelta(minutes=3)):
        world.deliver()
    remove(ann)
    lose_messages(world)
    return ann


@pytest.mark.usefixtures("ann")
def test_a_removal_whose_message_is_lost_can_be_started_again(world: World) -> None:
    settle(world)
    assert items_about("ann")["follows"] == 2
    assert said("restart")[-1] == "1 removal started again."
    settle(world)
    assert items_about("ann") == {"accounts": 1, "feeds": 1}, "a reference that leads nowhere"
    (tombstone,) = (each for each in items("accounts") if each["account_id"]["S"] == "ann")
    assert set(tombstone) == {"account_id", "story_tag", "closed_at", "expires_at"}
    assert stored_pictures() == set()
    assert said("restart") == ["0 removals started again."]


@pytest.mark.usefixtures("ann")
def test_what_would_be_started_again_is_shown_and_left(world: World) -> None:
    line, total = said("show")
    assert line.startswith("ann: deleted 20")
    assert total == "1 removal not finished."
    assert world.fan_out_queue.size() == 0
