"""`recount`: wrong counts are found and mended, also while accounts are in use."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from itertools import repeat

import pytest
from django.core.management import CommandError, call_command

from accounts.dao import DynamoAccountDao
from accounts.dao.counts import DynamoCountsDao
from accounts.entities import Account, AccountId
from accounts.management.commands.recount import Command
from accounts.recount import NeverStill, Recount
from tests.faults import FAULTS, fault, handling
from tests.security.damage import damage, damage_status
from tests.world import PASSWORD, Person, World
from tweeter import aws as aws_clients
from tweeter import wiring
from tweeter.config import get_config


class ChangesFirst(DynamoCountsDao):
    """Lets something happen just before the first correction is stored."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self._happens = [happens]

    def correct(self, seen: Account, true: Account) -> None:
        if self._happens:
            self._happens.pop()()
        super().correct(seen, true)


class AnnIsNeverStill(DynamoAccountDao):
    """Sees other counts of Ann at every look."""

    def __init__(self) -> None:
        self._looks = 0

    def find(self, account_id: AccountId) -> Account | None:
        if account_id == "ann":
            self._looks += 1
            set_count("ann", "followers_count", self._looks)
        return super().find(account_id)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("recount", *arguments, stdout=out)
    return out.getvalue()


def set_count(alias: str, count: str, value: int) -> None:
    aws_clients.client("dynamodb").update_item(
        TableName=get_config().table_name("accounts"),
        Key={"account_id": {"S": alias}},
        UpdateExpression="SET #count = :value",
        ExpressionAttributeNames={"#count": count},
        ExpressionAttributeValues={":value": {"N": str(value)}},
    )


def recount(
    counts: DynamoCountsDao | None = None, accounts: DynamoAccountDao | None = None
) -> Recount:
    return Recount(
        accounts=accounts or DynamoAccountDao(),
        counts=counts or DynamoCountsDao(),
        count_statuses=wiring.status_service().count,
        pauses=lambda: repeat(0.0),
        sleep=lambda seconds: None,
    )


@pytest.fixture
def people(world: World) -> list[Person]:
    """Ann, Bob and Cid: Bob and Cid follow Ann, who follows Bob and has posted twice."""
    ann, bob, cid = world.people("Ann", "bob", "cid")
    bob.follow(ann)
    cid.follow(ann)
    ann.follow(bob)
    ann.post("one")
    ann.post("two")
    return [ann, bob, cid]


def test_true_counts_are_left_in_peace(people: list[Person]) -> None:
    assert run() == "3 accounts checked, all counts are true.\n"


def test_every_wrong_count_is_told_and_left(people: list[Person]) -> None:
    set_count("ann", "followers_count", 7)
    set_count("ann", "statuses_count", 0)
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 3 accounts") as caught:
        call_command("recount", stdout=out)
    assert caught.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "Ann: followers_count 7, truly 2; left",
        "Ann: statuses_count 0, truly 2; left",
    ]
    assert people[0].account()["followers_count"] == 7


def test_fixing_makes_all_three_counts_true(people: list[Person]) -> None:
    for count in ("followers_count", "following_count", "statuses_count"):
        set_count("ann", count, 99)
    assert "1 mended" in run("--fix")
    account = people[0].account()
    assert [account[f"{each}_count"] for each in ("followers", "following", "statuses")] == [
        2,
        1,
        2,
    ]


def test_only_the_named_accounts_are_looked_at(people: list[Person]) -> None:
    set_count("cid", "followers_count", 3)
    assert run("ANN", "bob") == "2 accounts checked, all counts are true.\n"


def test_what_is_damaged_counts_and_a_damaged_account_is_passed_over(
    people: list[Person],
) -> None:
    (status, _) = people[0].walk("/accounts/ann/story/")
    damage_status(status["id"], {"text": None})
    damage("follows", {"roster": "ann#followers", "member": "bob"}, {"since": None})
    assert run("ann") == "1 account checked, all counts are true.\n"
    damage("accounts", {"account_id": "ann"}, {"created_at": None})
    assert run() == "2 accounts checked, all counts are true.\n"
    with pytest.raises(CommandError, match="damaged"):
        run("ann")


def test_an_unknown_alias_is_an_error(people: list[Person]) -> None:
    with pytest.raises(CommandError, match="nobody"):
        run("nobody")


def test_a_follow_during_the_mending_is_not_lost(world: World, people: list[Person]) -> None:
    ann = people[0]
    set_count("ann", "followers_count", 9)
    dan = world.sign_up("dan")
    recount(ChangesFirst(lambda: dan.follow(ann))).mend(AccountId("ann"))
    assert ann.account()["followers_count"] == 3


def test_a_post_and_its_deletion_during_the_mending_do_no_harm(people: list[Person]) -> None:
    ann = people[0]
    set_count("ann", "statuses_count", 9)

    def post_and_delete() -> None:
        ann.client.delete(f"/statuses/{ann.post('three')['id']}/")

    recount(ChangesFirst(post_and_delete)).mend(AccountId("ann"))
    assert ann.account()["statuses_count"] == 2


def test_an_account_that_is_never_still_is_given_up(people: list[Person]) -> None:
    with pytest.raises(NeverStill, match="too fast"):
        recount(accounts=AnnIsNeverStill()).check(AccountId("ann"))


@pytest.mark.parametrize("aliases", [[], ["ann", "bob", "cid"]])
@pytest.mark.usefixtures("people")
def test_an_account_that_is_never_still_keeps_no_other_from_being_mended(
    aliases: list[str],
) -> None:
    for alias in ("bob", "cid"):
        set_count(alias, "statuses_count", 7)
    out = StringIO()
    command = Command(make=lambda: recount(accounts=AnnIsNeverStill()), stdout=out)
    with pytest.raises(CommandError, match="1 account could not be counted"):
        call_command(command, *aliases, "--fix")
    assert "Ann changes too fast" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "2 accounts checked, 2 mended."


@pytest.mark.usefixtures("people")
def test_a_store_that_is_away_ends_it() -> None:
    with fault("dynamodb", FAULTS["away"], table="follows"), pytest.raises(CommandError):
        run()


def test_accounts_that_are_deleted_meanwhile_are_passed_over(people: list[Person]) -> None:
    leaving = [person.client for person in people]

    def leave(**_: object) -> None:
        while leaving:
            assert leaving.pop().delete("/accounts/me/", {"password": PASSWORD}).status_code == 204

    with handling("dynamodb", "after-call.dynamodb.Scan", leave):
        assert run() == "0 accounts checked, all counts are true.\n"


def test_a_long_list_of_accounts_is_read_page_by_page(people: list[Person]) -> None:
    first, position = DynamoCountsDao().page_of_accounts(None, 2)
    rest, end = DynamoCountsDao().page_of_accounts(position, 2)
    assert {account.alias for account in (*first, *rest)} == {"Ann", "bob", "cid"}
    assert end is None
