"""A damaged item of follows, feeds or deliveries costs nobody else a status, and none for good."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from accounts.entities import AccountId
from feeds.entities import Chunk
from feeds.messages import encode
from tests.accounts.test_removal import items_about, remove, settle
from tests.configuration import Configure
from tests.provisioned_aws import Kept, aws_as_it_was, aws_now, provisioned_aws
from tests.security.damage import damage, damage_status
from tests.security.stored import items
from tests.world import Person, World

SINCE: dict[str, dict[str, Any]] = {
    "without since": {"since": None},
    "with a number for since": {"since": {"N": "1"}},
}
each_damage_of_since = pytest.mark.parametrize("attributes", SINCE.values(), ids=SINCE.keys())


@pytest.fixture
def people(world: World) -> list[Person]:
    """Ann, and Bob, Cid and Dan, who follow her."""
    ann, *followers = world.people("ann", "bob", "cid", "dan")
    for follower in followers:
        follower.follow(ann)
    return [ann, *followers]


def damage_follow(roster: str, member: str, attributes: dict[str, Any]) -> None:
    damage("follows", {"roster": roster, "member": member}, attributes)


@each_damage_of_since
def test_a_damaged_follow_costs_no_other_follower_a_status(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, bob, cid, dan = people
    damage_follow("ann#followers", "cid", attributes)
    status = ann.post("hello")
    world.deliver()
    assert [person.feed() for person in (bob, cid, dan)] == [["hello"], [], ["hello"]]
    assert ann.delivery(status)["state"] == "delivered"


@each_damage_of_since
def test_a_damaged_follow_can_be_ended_and_begun_anew(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, _, cid, _ = people
    damage_follow("ann#followers", "cid", attributes)
    cid.unfollow(ann)
    assert (ann.account()["followers_count"], cid.account()["following_count"]) == (2, 0)
    cid.follow(ann)
    ann.post("hello")
    world.deliver()
    assert cid.feed() == ["hello"]


@each_damage_of_since
def test_a_damaged_past_follow_costs_nobody_else_a_status(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, bob, cid, dan = people
    ann.post("hello")
    for person in (bob, cid):
        person.unfollow(ann)
    (ended,) = (each["ended"]["S"] for each in items("former-follows") if "bob" in repr(each))
    damage("former-follows", {"followee": "ann", "ended": ended}, attributes)
    world.deliver()
    assert [person.feed() for person in (bob, cid, dan)] == [[], ["hello"], ["hello"]]


def test_a_follow_of_no_time_is_left_out_of_lists_and_goes_with_its_account(
    world: World, people: list[Person]
) -> None:
    ann, bob, cid, _ = people
    for roster, member in (("ann#followers", "cid"), ("cid#following", "ann")):
        damage_follow(roster, member, {"position": {"S": "no time at all"}})
    listed = list(bob.walk("/accounts/ann/followers/", page_size=1))
    assert [each["alias"] for each in listed] == ["dan", "bob"]
    assert list(bob.walk("/accounts/cid/following/")) == []
    followers = ann.client.get("/accounts/me/export/").data["followers"]
    assert [each["alias"] for each in followers] == ["dan", "bob"]
    assert remove(ann).status_code == 204
    settle(world)
    assert items_about("ann") == {"accounts": 1}
    assert cid.account()["following_count"] == 0


@pytest.mark.parametrize("attributes", [{"author_id": None}, {"author_id": {"N": "1"}}])
def test_a_damaged_entry_spoils_no_feed_and_goes_with_its_account(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, bob, *_ = people
    ids = [ann.post(text)["id"] for text in ("first", "second", "third")]
    world.deliver()
    damage("feeds", {"owner_id": "bob", "status_id": ids[1]}, attributes)
    assert [status["text"] for status in bob.walk("/feed/", page_size=1)] == ["third", "first"]
    assert remove(bob).status_code == 204
    settle(world)
    assert items_about("bob") == {"accounts": 1}


def test_a_status_that_is_damaged_on_its_way_is_in_feeds_once_it_is_mended(
    world: World, people: list[Person]
) -> None:
    ann, bob, *_ = people
    status = ann.post("hello")
    world.run_fan_out()
    damage_status(status["id"], {"text": None})
    world.deliver()
    assert bob.feed() == []
    damage_status(status["id"], {"text": {"S": "hello"}})
    assert bob.feed() == ["hello"]
    assert ann.delivery(status)["state"] == "delivered"


def test_a_status_that_is_damaged_before_its_way_stays_on_the_queue(
    world: World, people: list[Person]
) -> None:
    ann, *_ = people
    status = ann.post("hello")
    damage_status(status["id"], {"followers": None})
    world.deliver()
    assert world.fan_out_queue.size() == 1


PLAN: dict[str, Any] = {
    "author_id": {"S": "zoe"},
    "followers": {"N": "1000"},
    "promised": {"BOOL": True},
    "started_at": {"N": "1"},
    "next_chunk": {"N": "0"},
    "planned": {"N": "0"},
}
TRIAL: dict[str, Any] = {
    "given_until": {"N": "1"},
    "saved": {"N": "500"},
    "trial_chunk": {"N": "0"},
}


@cache
def _crowd() -> tuple[Kept, list[Person]]:
    with provisioned_aws():
        ann, *fans = World().people("ann", *(f"fan{number}" for number in range(26)))
        for fan in fans:
            fan.follow(ann)
        return aws_now(), [ann, *fans]


@pytest.fixture
def crowd(set_config: Configure) -> Iterator[list[Person]]:
    """Ann, and more followers of hers than fit into one chunk: made once, which takes seconds."""
    set_config(chunk_size="25")
    kept, people = _crowd()
    with aws_as_it_was(kept):
        yield people


@pytest.mark.parametrize(
    ("stuck", "attributes"),
    [
        ("0" * 32, PLAN | {"followers": None}),
        ("0" * 32, PLAN | {"promised": {"S": "x"}}),
        ("x", PLAN),
        ("f" * 32, PLAN),
    ],
    ids=["a part is missing", "a part is of another type", "no id", "an id of no time"],
)
def test_a_damaged_plan_in_line_keeps_no_other_from_being_delivered(
    crowd: list[Person], stuck: str, attributes: dict[str, Any]
) -> None:
    damage("line", {"line": "feeds", "status_id": stuck}, attributes)
    ann, *fans = crowd
    ann.post("hello")
    World().deliver()
    assert [fan.feed() for fan in fans] == 26 * [["hello"]]
    assert [plan["status_id"]["S"] for plan in items("line")] == [stuck]


@pytest.mark.parametrize("attributes", [{"followers": None}, {"planned": {"S": "x"}}])
def test_a_delivery_whose_plan_is_damaged_can_still_be_asked_for(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, *_ = people
    status = ann.post("hello")
    key = {"line": "feeds", "status_id": status["id"]}
    damage("line", key, PLAN | attributes)
    assert ann.delivery(status)["state"] == "queued"


def test_a_delivery_whose_plan_is_damaged_has_come_as_far_as_what_is_written(
    world: World, people: list[Person]
) -> None:
    ann, *_ = people
    status = ann.post("hello")
    damage("line", {"line": "feeds", "status_id": status["id"]}, PLAN | {"planned": None})
    world.feed_queue.send(
        encode(Chunk(status["id"], AccountId("ann"), 0, 2, (AccountId("bob"), AccountId("cid"))))
    )
    world.run_feed_write()
    told = ann.delivery(status)
    assert (told["state"], told["followers"], told["delivered"]) == ("delivering", 3, 2)


@pytest.mark.parametrize("status_id", ["s", "x" * 32, "f" * 32])
def test_a_trial_of_no_status_keeps_nothing_from_being_delivered(
    crowd: list[Person], status_id: str
) -> None:
    damage("budgets", {"resource": "feeds"}, TRIAL | {"trial_status_id": {"S": status_id}})
    ann, *fans = crowd
    ann.post("hello")
    World().deliver()
    assert [fan.feed() for fan in fans] == 26 * [["hello"]]


@pytest.mark.parametrize(
    "attributes", [{"delivered": None}, {"updated_at": {"S": "x"}}, {"started_at": None}]
)
def test_progress_that_is_damaged_can_still_be_asked_for(
    world: World, people: list[Person], attributes: dict[str, Any]
) -> None:
    ann, *_ = people
    status = ann.post("hello")
    world.deliver()
    damage("progress", {"status_id": status["id"], "segment": "000000"}, attributes)
    assert ann.delivery(status)["state"] == "queued"
