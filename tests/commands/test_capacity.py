"""Capacity: shown, set, and AWS's ration of decreases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from tests.commands.slow_dynamodb import SlowDynamoDb
from tweeter import aws as aws_clients
from tweeter.capacity import TableCapacity, Throughput, next_decrease_at
from tweeter.config import get_config
from tweeter.errors import Conflict, InvalidInput, Unavailable
from tweeter.tables import Capacity, all_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDb:
    """DynamoDB with a fault: its descriptions are changed, or its updates are refused."""

    def __init__(
        self,
        *,
        refusal: str | None = None,
        describe: Callable[[dict[str, Any]], None] = lambda table: None,
    ) -> None:
        self._real = aws_clients.client("dynamodb")
        self._describe = describe
        self.refusal = refusal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def describe_table(self, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = dict(self._real.describe_table(**arguments))
        self._describe(answer["Table"])
        return answer

    def update_table(self, **arguments: Any) -> Any:
        if self.refusal:
            error = {"Error": {"Code": self.refusal, "Message": "no"}}
            raise ClientError(cast("Any", error), "UpdateTable")
        return self._real.update_table(**arguments)

    def as_client(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self)


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("capacity", *arguments, stdout=out)
    return out.getvalue().splitlines()


def provision(table: str, read: int, write: int) -> None:
    aws_clients.client("dynamodb").update_table(
        TableName=get_config().table_name(table),
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": write},
    )


def units(table: str) -> tuple[int, int]:
    throughput = TableCapacity().show(table)
    return throughput.read, throughput.write


def lowered(last: datetime | None) -> Throughput:
    return Throughput(
        table="feeds",
        arn="",
        on_demand=False,
        read=5,
        write=500,
        status="ACTIVE",
        last_decrease_at=last,
        decreases_today=4,
    )


def test_it_shows_every_table_with_its_mode(aws: None) -> None:
    lines = run()
    assert len(lines) == len(all_tables())
    config = get_config()
    feeds = next(line for line in lines if line.startswith("feeds "))
    assert f"{config.feed_read_capacity} RCU" in feeds
    assert f"{config.feed_write_capacity} WCU" in feeds
    assert sum(line.endswith("on demand") for line in lines) == len(lines) - 1


def test_it_sets_what_it_is_told_and_leaves_the_rest(aws: None) -> None:
    read, _ = units("feeds")
    assert "77 WCU" in run("feeds", "--write", "77")[0]
    assert units("feeds") == (read, 77)
    run("feeds", "--read", "9")
    assert units("feeds") == (9, 77)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["feeds", "--write", "0"], "at least 1"),
        (["feeds", "--read", "-5"], "at least 1"),
        (["nowhere"], "no table 'nowhere'"),
        (["accounts", "--write", "5"], "update-table"),
        (["--write", "5"], "which table"),
    ],
)
def test_nonsense_is_refused_with_a_reason(aws: None, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run(*arguments)


def test_a_table_that_is_not_there_is_named_with_what_would_make_it(aws: None) -> None:
    aws_clients.client("dynamodb").delete_table(TableName=get_config().table_name("feeds"))
    with pytest.raises(CommandError, match="provision"):
        run("feeds")


def test_a_decrease_that_is_refused_says_when_the_next_is_allowed(aws: None) -> None:
    def describe(table: dict[str, Any]) -> None:
        table["ProvisionedThroughput"] |= {
            "LastDecreaseDateTime": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
            "NumberOfDecreasesToday": 4,
        }

    dynamodb = DynamoDb(refusal="LimitExceededException", describe=describe)
    now = datetime(2026, 3, 1, 9, 45, tzinfo=UTC)
    capacity = TableCapacity(client=dynamodb.as_client(), clock=lambda: now)
    with pytest.raises(Conflict, match="2026-03-01 10:30 UTC") as caught:
        capacity.change("feeds", write=1)
    assert caught.value.code == "decrease_rationed"


def test_the_next_decrease_is_an_hour_after_the_last_or_at_midnight() -> None:
    late = datetime(2026, 3, 1, 23, 40, tzinfo=UTC)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert next_decrease_at(lowered(late), late) == midnight
    early = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert next_decrease_at(lowered(early), late) == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert next_decrease_at(lowered(None), late) == midnight


def test_a_change_waits_for_one_that_is_under_way(aws: None) -> None:
    statuses = ["UPDATING", "UPDATING", "ACTIVE", "UPDATING", "ACTIVE"]
    waits: list[float] = []
    dynamodb = DynamoDb(describe=lambda table: table.update(TableStatus=statuses.pop(0)))
    capacity = TableCapacity(client=dynamodb.as_client(), sleep=waits.append)
    assert capacity.change("feeds", write=5).write == 5
    assert len(waits) == 3


def test_a_change_is_over_when_its_figures_are_there_whatever_is_said_of_the_state(
    aws: None,
) -> None:
    """DynamoDB may describe the table as it was before for a moment."""
    read, before = units("feeds")
    written = [before, before, before, 5]
    waits: list[float] = []
    dynamodb = DynamoDb(
        describe=lambda table: table["ProvisionedThroughput"].update(
            WriteCapacityUnits=written.pop(0)
        )
    )
    capacity = TableCapacity(client=dynamodb.as_client(), sleep=waits.append)
    assert capacity.change("feeds", write=5).capacity == Capacity(read, 5)
    assert len(waits) == 2


def test_waiting_for_a_table_has_an_end(aws: None) -> None:
    dynamodb = DynamoDb(describe=lambda table: table.update(TableStatus="UPDATING"))
    capacity = TableCapacity(client=dynamodb.as_client(), sleep=lambda seconds: None)
    with pytest.raises(Unavailable):
        capacity.change("feeds", write=5)


@pytest.fixture
def slow() -> SlowDynamoDb:
    return SlowDynamoDb(feeds=Capacity(5, 100))


def test_a_change_whose_answer_was_lost_is_no_refusal_when_it_is_under_way(
    slow: SlowDynamoDb,
) -> None:
    slow.lose_answers_to_updates("ResourceInUseException")
    assert slow.table_capacity().change("feeds", write=200).capacity == Capacity(5, 200)


def test_it_is_made_after_one_of_somebody_else_that_is_under_way_and_keeps_what_that_set(
    slow: SlowDynamoDb,
) -> None:
    slow.begin_change("feeds", Capacity(9, 100))
    assert slow.table_capacity().change("feeds", write=200).capacity == Capacity(9, 200)


def test_who_keeps_changing_it_is_not_fought_with_for_ever(slow: SlowDynamoDb) -> None:
    def change(moment: str) -> None:
        if moment == "before UpdateTable":
            slow.begin_change("feeds", Capacity(9, 100))

    slow.moment = change
    with pytest.raises(Conflict, match="Others keep changing"):
        slow.table_capacity().change("feeds", write=200)


def test_what_a_table_is_said_to_have_is_asked_for_since_that_may_be_from_before(
    slow: SlowDynamoDb,
) -> None:
    slow.begin_change("feeds", Capacity(9, 200))
    slow.table_capacity().change("feeds", read=5, write=100)
    assert slow.capacity("feeds") == Capacity(5, 100)


def test_what_a_table_has_is_no_refusal_though_aws_says_so(slow: SlowDynamoDb) -> None:
    assert slow.table_capacity().change("feeds", write=100).capacity == Capacity(5, 100)


def test_what_aws_does_not_accept_is_refused(slow: SlowDynamoDb) -> None:
    slow.lose_answers_to_updates("ValidationException")
    with pytest.raises(InvalidInput, match="AWS refuses"):
        slow.table_capacity().change("feeds", write=10**9)
