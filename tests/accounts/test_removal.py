"""Deleting one's account: gone at once for everyone, and soon without a trace."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.dao import DynamoAccountDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.entities import AccountId, AccountRemoval, Follow
from tests.faults import FAULTS, fault, handling, just_before
from tests.security.stored import items
from tests.world import PASSWORD, Person, World, avatar, later, stored_pictures
from tweeter import aws, wiring
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.tables import all_tables
from tweeter.wiring import queues
from workers import fan_out

LAST_LOOK = timedelta(minutes=15, seconds=5)


def remove(person: Person, password: str = PASSWORD) -> Any:
    return person.client.delete("/accounts/me/", {"password": password})


def settle(world: World) -> None:
    """Deliver everything, and let the removals that are under way come to their end."""
    world.deliver()
    for look in range(1, 10):
        with later(look * LAST_LOOK):
            world.deliver()
            if world.fan_out_queue.size() == 0:
                return
    pytest.fail("a removal finds no end")


def items_about(account: str) -> dict[str, int]:
    """Return how many items of each table have an account's name anywhere in them."""
    counts = {}
    for spec in all_tables():
        items = aws.client("dynamodb").scan(TableName=spec.full_name)["Items"]
        named = re.compile(rf"\b{account}\b").search
        counts[spec.short_name] = sum(bool(named(str(item))) for item in items)
    return {table: count for table, count in counts.items() if count}


def test_an_account_is_gone_the_moment_it_is_deleted(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ann.follow(bob)
    status = ann.post("hello")
    world.deliver()
    assert remove(ann).status_code == 204
    for path in ("/accounts/ann/", "/accounts/ann/story/", f"/statuses/{status['id']}/"):
        assert bob.client.get(path).status_code == 404, path
    assert bob.client.delete(f"/statuses/{status['id']}/").status_code == 404
    assert bob.client.get(f"/statuses/{status['id']}/delivery/").status_code == 404
    assert bob.feed() == []
    assert list(bob.walk("/accounts/bob/followers/")) == []
    assert list(bob.walk("/accounts/bob/following/")) == []
    assert bob.client.post("/accounts/ann/follow/").status_code == 404
    assert bob.post("hello @ann")["mentions"] == []


def test_its_sessions_are_over_and_nobody_signs_in_to_it(world: World) -> None:
    ann = world.sign_up("ann")
    credentials = {"alias": "ann", "password": PASSWORD}
    other = world.anonymous.post("/sessions/", credentials).data["token"]
    remove(ann)
    for token in (ann.token, other):
        headers = {"Authorization": f"Bearer {token}"}
        assert world.anonymous.get("/accounts/me/", headers=headers).status_code == 401
    answer = world.anonymous.post("/sessions/", credentials)
    assert answer.status_code == 401
    assert answer.data["errors"][0]["code"] == "invalid_credentials"


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD + "a" * 1_000])
def test_without_the_password_nothing_is_deleted(world: World, password: str) -> None:
    ann = world.sign_up("ann")
    answer = remove(ann, password)
    assert answer.status_code == 400
    assert answer.data["errors"][0]["attr"] == "password"
    settle(world)
    assert ann.account()["alias"] == "ann"


def test_a_missing_password_is_named(world: World) -> None:
    answer = world.sign_up("ann").client.delete("/accounts/me/")
    assert answer.status_code == 400
    assert answer.data["errors"][0] | {"detail": ""} == {
        "code": "required",
        "detail": "",
        "attr": "password",
    }


def test_nothing_is_left_of_it_in_the_end(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    assert ann.client.patch("/accounts/me/", {"avatar": avatar("red")}).status_code == 200
    for other in (bob, cid):
        other.follow(ann)
        ann.follow(other)
        other.post("for the followers")
        ann.post("for mine")
    ann.unfollow(cid)
    cid.unfollow(ann)
    with later(timedelta(minutes=3)):  # the check of the upload, which shall not be what deletes it
        world.deliver()
    remove(ann)
    settle(world)
    left = items_about("ann")
    assert left == {"accounts": 1, "feeds": 3, "former-follows": 1}, (
        "its alias; references without a status behind them; that it once followed cid"
    )
    (tombstone,) = (each for each in items("accounts") if each["account_id"]["S"] == "ann")
    assert set(tombstone) == {"account_id", "story_tag", "closed_at", "expires_at"}
    assert stored_pictures() == set()
    assert (world.fan_out_queue.size(), world.feed_queue.size()) == (0, 0)


def test_its_picture_is_the_first_to_go(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")})
    with later(timedelta(minutes=3)):
        world.deliver()
    remove(ann)
    with fault("dynamodb", FAULTS["away"], table="follows"):
        world.fan_out_queue.invoke(fan_out.handler, world.fan_out_queue.receive())
    assert items_about("ann")["follows"] == 2
    assert stored_pictures() == set()


def test_the_counts_of_the_others_are_put_right(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    for other in (bob, cid):
        other.follow(ann)
        ann.follow(other)
    bob.follow(cid)
    remove(ann)
    settle(world)
    now_bob, now_cid = bob.account(), cid.account()
    assert (now_bob["followers_count"], now_bob["following_count"]) == (0, 1)
    assert (now_cid["followers_count"], now_cid["following_count"]) == (1, 0)


def test_followers_who_were_never_made_hold_no_removal_up(world: World) -> None:
    """Seeding stores the follows of a crowd before its accounts, and may be killed in between."""
    ann = world.sign_up("ann")
    follow = Follow(AccountId("nobody"), AccountId("ann"), "")
    DynamoCrowdDao().put_follows([follow], datetime.now(UTC))
    remove(ann)
    settle(world)
    assert items_about("ann") == {"accounts": 1}


def test_two_who_follow_each_other_may_both_leave(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    bob.follow(ann)
    remove(ann)
    remove(bob)
    settle(world)
    assert items_about("ann") == items_about("bob") == {"accounts": 1}


def test_who_unfollows_and_leaves_at_the_same_moment_has_done_both(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    for follower in (ann, cid):
        follower.follow(bob)
    twin = world.sign_in("ann")
    with just_before("dynamodb", "TransactWriteItems", lambda: remove(twin)):
        ann.unfollow(bob)
    assert bob.account()["followers_count"] == 1
    settle(world)
    assert bob.account()["followers_count"] == 1
    assert items_about("ann") == {"accounts": 1}


def test_a_removal_that_is_repeated_changes_nothing_more(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    remove(ann)
    (message,) = world.fan_out_queue.receive()
    for _ in range(3):
        world.fan_out_queue.send(message["Body"])
        settle(world)
    assert bob.account()["following_count"] == 0


def test_a_feed_gets_nothing_from_deliveries_that_were_under_way(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    bob.post("hello")
    world.run_fan_out()  # the chunk for ann is on its way
    remove(ann)
    world.run_fan_out()
    world.run_feed_write()
    assert items_about("ann")["feeds"] == 1
    settle(world)
    assert "feeds" not in items_about("ann")


def test_an_alias_is_given_to_nobody_else_for_30_days(world: World) -> None:
    ann = world.sign_up("Ann")
    remove(ann)
    settle(world)
    fields = {"alias": "ANN", "name": "Another", "password": PASSWORD}
    with later(timedelta(days=29)):
        answer = world.anonymous.post("/accounts/", fields)
        assert (answer.status_code, answer.data["errors"][0]["code"]) == (409, "alias_taken")
    with later(timedelta(days=31)):
        assert world.anonymous.post("/accounts/", fields).status_code == 201


def test_an_alias_is_not_given_away_before_everything_is_removed(world: World) -> None:
    ann = world.sign_up("ann")
    remove(ann)
    with later(timedelta(days=31)):
        fields = {"alias": "ann", "name": "Another", "password": PASSWORD}
        assert world.anonymous.post("/accounts/", fields).status_code == 409


def test_who_has_the_alias_later_inherits_nothing(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    bob.post("for the first ann")
    (job,) = world.fan_out_queue.receive()
    world.fan_out_queue.send(job["Body"])
    world.run_fan_out()
    (chunk,) = world.feed_queue.receive()
    remove(ann)
    (removal,) = world.fan_out_queue.receive()
    world.fan_out_queue.send(removal["Body"])
    settle(world)
    with later(timedelta(days=31)):
        heir = world.sign_up("ann")
        bob_again = {"alias": "bob", "password": PASSWORD}
        token = world.anonymous.post("/sessions/", bob_again).data["token"]
        heir.client.post("/accounts/bob/follow/")
        # What was lost for a month, and is sent back from the dead letters.
        world.feed_queue.send(chunk["Body"])
        world.fan_out_queue.send(removal["Body"])
        world.deliver()
        assert heir.feed() == []
        assert (heir.account()["following_count"], heir.account()["followers_count"]) == (1, 0)
        headers = {"Authorization": f"Bearer {token}"}
        world.anonymous.post("/statuses/", {"text": "for the heir"}, headers=headers)
        world.deliver()
        assert heir.feed() == ["for the heir"]


def test_a_removal_whose_account_is_not_closed_is_dropped_in_the_end(world: World) -> None:
    ann = world.sign_up("ann")
    remove(ann, "wrong")
    story = {"version": 1, "kind": "remove_account", "account": "ann", "picture": None}
    item = aws.client("dynamodb").scan(TableName=get_config().table_name("accounts"))["Items"][0]
    body = story | {"story": item["story_tag"]["S"], "queued_at": 0}
    world.fan_out_queue.send(str(body).replace("'", '"').replace("None", "null"))
    world.deliver()
    assert world.fan_out_queue.size() == 0
    assert ann.account()["alias"] == "ann"


def test_a_removal_that_looks_at_the_moment_its_account_is_closed_is_not_dropped(
    world: World,
) -> None:
    world.sign_up("ann")
    account = wiring.account_service().get("ann")
    queues.account_chores().put(AccountRemoval.of(account, system_clock()), 0)
    closed: list[str] = []

    def close(**_: object) -> None:
        if not closed:
            closed.append("ann")
            DynamoAccountDao().close(account, system_clock())

    with handling("dynamodb", "after-call.dynamodb.GetItem", close):
        world.run_fan_out()
    assert closed
    settle(world)
    assert items("sessions") == []
