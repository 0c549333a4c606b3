"""`seed --users N --celebrity ALIAS`: a crowd, its counts and rosters exact whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.entities import AccountId, account_id_of
from accounts.management import wiring as accounts_wiring
from accounts.models import AccountModel
from tests.security.damage import damage
from tests.security.stored import items
from tests.world import Person, World
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.dynamodb import Table, put_batch
from tweeter.errors import Unavailable
from tweeter.management.commands.seed import DEMO_PASSWORD
from tweeter.seeding.crowd import Crowd, CrowdSeeder

MORE_THAN_A_SLICE = 104
"""Members of a crowd that are not dealt with at one go: slices have 100."""


class Tally:
    """A progress that adds up."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}

    def add(self, what: str, count: int) -> None:
        self.done[what] = self.done.get(what, 0) + count


class Store:
    """Takes batches of puts until it is away, leaving some of each unprocessed."""

    def __init__(self, *, away_at_account: int | None = None) -> None:
        self.accounts = 0
        self._away_at_account = away_at_account

    def put(self, items: Sequence[Table]) -> list[int]:
        if isinstance(items[0], AccountModel):
            if self._away_at_account is not None and self.accounts >= self._away_at_account:
                message = "away"
                raise Unavailable(message)
            self.accounts += len(items)
        taken = max(1, len(items) - 3)
        put_batch(items[:taken])
        return list(range(taken, len(items)))


def seed(users: int, celebrity: str, *more: str) -> str:
    out = StringIO()
    arguments = ["--users", str(users), "--celebrity", celebrity, "--threads", "1", *more]
    call_command("seed", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def seeder(store: Store) -> CrowdSeeder:
    return CrowdSeeder(
        accounts=DynamoAccountDao(),
        follows=DynamoFollowDao(),
        bulk=DynamoCrowdDao(put=store.put, sleep=lambda seconds: None),
        recount=accounts_wiring.recount(),
        password_hash="unused",
        secret=get_config().secret_key,
        clock=system_clock,
    )


def sign_in(alias: str) -> Person:
    return World().sign_in(alias, DEMO_PASSWORD)


def assert_followed_by_exactly(world: World, celebrity: str, expected: set[str]) -> None:
    """Rosters and counts agree, on both sides."""
    reader = Person("", world.anonymous, "")
    account = world.anonymous.get(f"/accounts/{celebrity}/").data
    followers = list(reader.walk(f"/accounts/{celebrity}/followers/"))
    assert {follower["alias"] for follower in followers} == expected
    assert len(followers) == account["followers_count"] == len(expected)
    call_command("recount", stdout=StringIO())  # fails when any count of anyone is wrong


def aliases(size: int) -> set[str]:
    return {f"user{number:05d}" for number in range(1, size + 1)}


def test_all_of_the_crowd_follow_the_new_celebrity(world: World) -> None:
    said = seed(MORE_THAN_A_SLICE, "Star")
    assert f"Sign in as Star or user00001, password: {DEMO_PASSWORD}" in said
    assert_followed_by_exactly(world, "Star", aliases(MORE_THAN_A_SLICE))


def test_a_status_of_the_celebrity_reaches_the_whole_crowd(world: World) -> None:
    seed(30, "star")
    status = sign_in("star").post("hello, all of you")
    world.deliver()
    assert sign_in("star").delivery(status)["delivered"] == 30
    assert sign_in("user00001").feed() == sign_in("user00030").feed() == ["hello, all of you"]


def test_what_was_posted_before_is_in_no_feed_of_the_crowd(world: World) -> None:
    star = world.sign_up("star")
    star.post("too early")
    seed(3, "star")
    world.deliver()
    assert sign_in("user00002").feed() == []


def test_an_account_with_followers_keeps_them(world: World) -> None:
    star, fan = world.people("star", "fan")
    fan.follow(star)
    said = seed(30, "STAR")
    assert "The account STAR is there already, and keeps its password." in said
    assert f"Sign in as user00001, password: {DEMO_PASSWORD}" in said
    assert_followed_by_exactly(world, "star", aliases(30) | {"fan"})


def test_a_second_run_counts_nothing_twice(world: World) -> None:
    seed(30, "star")
    assert "star has 30 followers." in seed(30, "star")
    assert_followed_by_exactly(world, "star", aliases(30))


def test_a_larger_crowd_holds_the_smaller_one(world: World) -> None:
    seed(20, "star")
    seed(45, "star")
    assert_followed_by_exactly(world, "star", aliases(45))


def test_the_same_crowd_can_follow_a_second_celebrity(world: World) -> None:
    seed(12, "star")
    seed(12, "comet")
    assert_followed_by_exactly(world, "star", aliases(12))
    assert_followed_by_exactly(world, "comet", aliases(12))
    assert world.anonymous.get("/accounts/user00007/").data["following_count"] == 2


@pytest.mark.parametrize("accounts", [0, 50, 102])
def test_a_run_that_broke_off_anywhere_is_completed_by_the_next(
    world: World, accounts: int
) -> None:
    world.sign_up("star")
    with pytest.raises(Unavailable):
        seeder(Store(away_at_account=accounts)).seed(
            Crowd("user", MORE_THAN_A_SLICE), AccountId("star"), Tally(), threads=1
        )
    assert f"star has {MORE_THAN_A_SLICE} followers." in seed(MORE_THAN_A_SLICE, "star")
    assert_followed_by_exactly(world, "star", aliases(MORE_THAN_A_SLICE))


def test_what_the_store_leaves_unprocessed_is_sent_again(world: World) -> None:
    world.sign_up("star")
    tally = Tally()
    seeder(Store()).seed(Crowd("user", 60), AccountId("star"), tally, threads=1)
    assert tally.done == {"accounts": 60, "follows": 60}
    assert_followed_by_exactly(world, "star", aliases(60))


def test_a_store_that_takes_nothing_any_more_is_given_up(world: World) -> None:
    world.sign_up("star")
    stuck = DynamoCrowdDao(put=lambda items: list(range(len(items))), sleep=lambda seconds: None)
    account = DynamoAccountDao().find(AccountId("star"))
    assert account is not None
    with pytest.raises(Unavailable, match="capacity"):
        stuck.put_accounts([account])


def test_what_a_member_of_the_crowd_has_changed_is_kept(world: World) -> None:
    seed(5, "star")
    sign_in("user00003").client.patch("/accounts/me/", {"name": "Somebody Now"})
    seed(8, "star")
    assert world.anonymous.get("/accounts/user00003/").data["name"] == "Somebody Now"


def about(account_id: str) -> list[dict[str, Any]]:
    """Return all that is stored of an account and its follows."""
    accounts = [each for each in items("accounts") if each["account_id"]["S"] == account_id]
    return accounts + [each for each in items("follows") if account_id in repr(each)]


def test_a_member_who_has_deleted_their_account_is_not_brought_back(world: World) -> None:
    seed(5, "star")
    sign_in("user00003").client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    world.deliver()
    closed = about("user00003")
    said = seed(8, "star")
    assert about("user00003") == closed
    assert "user00001 to user00008 follow star, but for 1 deleted or damaged account" in said
    assert_followed_by_exactly(world, "star", aliases(8) - {"user00003"})


def test_who_is_shown_to_sign_in_as_is_the_first_who_is_still_there(world: World) -> None:
    seed(3, "star")
    sign_in("user00001").client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    assert f"Sign in as user00002, password: {DEMO_PASSWORD}" in seed(3, "star")


def test_nobody_is_shown_to_sign_in_as_when_all_of_the_crowd_are_gone(world: World) -> None:
    seed(1, "star")
    sign_in("user00001").client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    assert "Sign in" not in seed(1, "star")


@pytest.mark.parametrize(
    "attributes", [{"name": None}, {"name": {"N": "1"}}], ids=["without a name", "with a number"]
)
def test_a_damaged_member_is_not_written_over(world: World, attributes: dict[str, Any]) -> None:
    seed(5, "star")
    damage("accounts", {"account_id": "user00003"}, attributes)
    damaged = about("user00003")
    seed(8, "star")
    seed(8, "comet")
    assert about("user00003") == damaged
    assert_followed_by_exactly(world, "comet", aliases(8) - {"user00003"})


def test_an_account_of_somebody_else_is_never_taken_over(world: World) -> None:
    world.sign_up("User00004", name="Real Person")
    with pytest.raises(CommandError, match="User00004 belongs to somebody else"):
        seed(9, "star")
    assert world.anonymous.get("/accounts/user00004/").data["name"] == "Real Person"
    assert "has 9 followers" in seed(9, "star", "--prefix", "fan")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--users", "5"],
        ["--celebrity", "star"],
        ["--users", "0", "--celebrity", "star"],
        ["--users", "5", "--celebrity", "not an alias"],
        ["--users", "5", "--celebrity", "user00003"],
        ["--users", "5", "--celebrity", "star", "--prefix", "no-such"],
        ["--users", "5", "--celebrity", "star", "--threads", "0"],
        ["--users", "5", "--celebrity", "star", "--password", "short"],
    ],
)
def test_nonsense_is_refused(world: World, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("seed", *arguments, stdout=StringIO(), stderr=StringIO())


def test_a_crowd_knows_its_members() -> None:
    crowd = Crowd("User", 120_000)
    assert account_id_of(crowd.alias(120_000)) in crowd
    assert account_id_of("user00001") in crowd
    assert account_id_of("user120001") not in crowd
    assert account_id_of("user1") not in crowd
    assert account_id_of("star") not in crowd
