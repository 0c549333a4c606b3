"""The tables' provisioned throughput: shown and changed, within AWS's ration of decreases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tweeter import aws
from tweeter.clock import Clock, system_clock
from tweeter.errors import Conflict, InvalidInput, NotFound, Unavailable
from tweeter.tables import Capacity, all_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_POLL_SECONDS = 1.0
_MAX_POLLS = 600
"""Raising a table far may have DynamoDB divide its partitions, which takes minutes."""
_MAX_TRIES = 10
"""How often a change is asked for while others turn out to be under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What a table is provisioned with at present."""

    table: str
    """The short name, such as `feeds`."""
    arn: str
    on_demand: bool
    read: int
    """RCU; means nothing on demand."""
    write: int
    """WCU; means nothing on demand."""
    status: str
    """DynamoDB's: `ACTIVE`, `UPDATING`, ..."""
    last_decrease_at: datetime | None
    decreases_today: int

    @property
    def capacity(self) -> Capacity:
        """RCU and WCU together; mean nothing on demand."""
        return Capacity(self.read, self.write)


def next_decrease_at(throughput: Throughput, now: datetime) -> datetime:
    """Return when a table whose decrease was refused may be lowered next.

    In a UTC day there are up to four decreases within its first hour of decreasing; after these,
    one whenever an hour has passed without any. The count starts anew at midnight UTC.
    Source: AWS, "Quotas in Amazon DynamoDB", decreasing provisioned throughput.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if throughput.last_decrease_at is None:
        return midnight
    return min(throughput.last_decrease_at + timedelta(hours=1), midnight)


class TableCapacity:
    """Shows and changes the throughput of tables, which go by their short names.

    Every method raises InvalidInput `unknown_table` for other names, NotFound for a table that is
    not provisioned yet, and Unavailable when DynamoDB does not answer.
    """

    def __init__(
        self,
        *,
        client: DynamoDBClient | None = None,
        clock: Clock = system_clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client or aws.client("dynamodb")
        self._clock = clock
        self._sleep = sleep
        self._names = {spec.short_name: spec.full_name for spec in all_tables()}

    def tables(self) -> list[str]:
        """Return the short names of all tables."""
        return list(self._names)

    def show(self, table: str) -> Throughput:
        """Return a table's present throughput."""
        with _in_our_words(table):
            described = self._client.describe_table(TableName=self._full_name(table))["Table"]
        throughput = described.get("ProvisionedThroughput", {})
        billing = described.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
        return Throughput(
            table=table,
            arn=described["TableArn"],
            on_demand=billing == "PAY_PER_REQUEST",
            read=throughput.get("ReadCapacityUnits", 0),
            write=throughput.get("WriteCapacityUnits", 0),
            status=described["TableStatus"],
            last_decrease_at=throughput.get("LastDecreaseDateTime"),
            decreases_today=throughput.get("NumberOfDecreasesToday", 0),
        )

    def change(
        self, table: str, *, read: int | None = None, write: int | None = None
    ) -> Throughput:
        """Give a table so many RCU and WCU (None: as many as it has) and wait until they are there.

        Returns the throughput after that. InvalidInput for less than 1, for a table on demand, and
        for what AWS does not accept; Conflict `decrease_rationed`, with the time of the next one,
        when the day's decreases are used up, and `changed_by_others` when others change the table
        again and again.
        """
        for _ in range(_MAX_TRIES):
            before = self.settled(table)
            if before.on_demand:
                raise InvalidInput("on_demand", self._how_to_provision(table))
            wanted = Capacity(
                before.read if read is None else read, before.write if write is None else write
            )
            if min(wanted.read, wanted.write) < 1:
                raise InvalidInput("too_small", "A table needs at least 1 RCU and 1 WCU.")
            if self._ask(before, wanted):
                return self._wait(table, wanted)
            self._sleep(_POLL_SECONDS)
        message = f"Others keep changing the capacity of {table}; look again later."
        raise Conflict("changed_by_others", message)

    def settled(self, table: str) -> Throughput:
        """Return a table's throughput once no change of it is under way.

        Until then DynamoDB shows the former figures. Just after a change was asked for, these may
        come back as if none were under way. Source: DynamoDB API reference, UpdateTable, and
        DescribeTable, which is eventually consistent.
        """
        return self._wait(table, None)

    def notes(self, table: str) -> dict[str, str]:
        """Return what is noted on a table (its tags): what must outlive the process that wrote it.

        DynamoDB may take some seconds to show a note that was just made.
        """
        with _in_our_words(table):
            answer = self._client.list_tags_of_resource(ResourceArn=self.show(table).arn)
        return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}

    def note(self, table: str, key: str, value: str | None) -> None:
        """Note something on a table, or strike it out with None; both may be repeated."""
        arn = self.show(table).arn
        with _in_our_words(table):
            if value is None:
                self._client.untag_resource(ResourceArn=arn, TagKeys=[key])
            else:
                self._client.tag_resource(ResourceArn=arn, Tags=[{"Key": key, "Value": value}])

    def _full_name(self, table: str) -> str:
        if table not in self._names:
            message = f"There is no table {table!r}; there are {', '.join(self._names)}."
            raise InvalidInput("unknown_table", message)
        return self._names[table]

    def _ask(self, before: Throughput, wanted: Capacity) -> bool:
        """Ask for a change; return whether the table has it or will have it, False while another
        change is under way: an earlier attempt's, whose answer was lost, or somebody else's.

        It is asked also for what the table is said to have, since that may be from before a change.
        """
        lowers = wanted.read < before.read or wanted.write < before.write
        with _in_our_words(before.table), self._rationed(before, lowers=lowers):
            try:
                self._client.update_table(
                    TableName=self._full_name(before.table),
                    ProvisionedThroughput={
                        "ReadCapacityUnits": wanted.read,
                        "WriteCapacityUnits": wanted.write,
                    },
                )
            except ClientError as error:
                code = aws.error_code(error)
                if code == "ResourceInUseException":
                    return False
                # What would change nothing is refused, too.
                if code != "ValidationException" or wanted != before.capacity:
                    raise
        return True

    def _wait(self, table: str, wanted: Capacity | None) -> Throughput:
        """Return the throughput once no change of the table is under way, and it is as wanted."""
        for _ in range(_MAX_POLLS):
            throughput = self.show(table)
            if throughput.status == "ACTIVE" and wanted in {None, throughput.capacity}:
                return throughput
            self._sleep(_POLL_SECONDS)
        message = f"The table {table} is still being changed by AWS; look again later."
        raise Unavailable(message)

    @contextmanager
    def _rationed(self, before: Throughput, *, lowers: bool) -> Iterator[None]:
        """Turn the refusal of a decrease into a Conflict that says when the next is allowed."""
        try:
            yield
        except ClientError as error:
            if not lowers or aws.error_code(error) != "LimitExceededException":
                raise
            moment = next_decrease_at(before, self._clock())
            message = (
                f"AWS allows no decrease of {before.table} now ({before.decreases_today} today); "
                f"the next one at {moment:%Y-%m-%d %H:%M} UTC."
            )
            raise Conflict("decrease_rationed", message) from error

    def _how_to_provision(self, table: str) -> str:
        return (
            f"{table} is on demand: it takes what comes, and has no capacity to set. To provision "
            f"it: aws dynamodb update-table --table-name {self._full_name(table)} --billing-mode "
            "PROVISIONED --provisioned-throughput ReadCapacityUnits=N,WriteCapacityUnits=N"
        )


@contextmanager
def _in_our_words(table: str) -> Iterator[None]:
    """Turn AWS's refusals into errors of ours, with AWS's reason where that says more."""
    try:
        with aws.away_as_unavailable():
            yield
    except ClientError as error:
        raise InvalidInput("refused", f"AWS refuses this for {table}: {error}") from error
    except Unavailable as error:
        if aws.error_code(error.__cause__ or error) == "ResourceNotFoundException":
            message = f"The table {table} is not there; `manage.py provision` makes it."
            raise NotFound("no_table", message) from error
        raise
