"""DynamoDB's tables as far as their capacity goes, which change as slowly as those of AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from tweeter.capacity import TableCapacity
from tweeter.config import get_config
from tweeter.tables import Capacity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LOOKS = ("ACTIVE", "UPDATING", "UPDATING")
"""How a table is described while it changes, with the figures of before: at first even as if
nothing had been asked for."""


@dataclass
class _Table:
    capacity: Capacity | None
    """None: on demand."""
    notes: dict[str, str] = field(default_factory=dict)
    wanted: Capacity | None = None
    """What a change makes of it that is under way."""
    looks: list[str] = field(default_factory=list)
    """What it is described as meanwhile, look by look."""


class SlowDynamoDb:
    """Takes the place of a client; its state is AWS's, which outlives the process that calls it."""

    def __init__(self, **tables: Capacity | None) -> None:
        """The tables by their short names, with what they have; None for on demand."""
        self._tables = {
            get_config().table_name(name): _Table(capacity) for name, capacity in tables.items()
        }
        self.moment: Callable[[str], None] = lambda _: None
        """Is called before and after every call is carried out, as `before UpdateTable`, and while
        somebody sleeps; what it raises is what becomes of the call."""

    def table_capacity(self) -> TableCapacity:
        """Return the product's view of it."""
        return TableCapacity(
            client=cast("DynamoDBClient", self), sleep=lambda _: self.moment("sleeping")
        )

    def capacity(self, table: str) -> Capacity | None:
        """Return what a table has when nothing is under way any more."""
        kept = self._tables[get_config().table_name(table)]
        return kept.wanted or kept.capacity

    def notes(self, table: str) -> dict[str, str]:
        """Return what is noted on a table."""
        return self._tables[get_config().table_name(table)].notes

    def begin_change(self, table: str, wanted: Capacity) -> None:
        """Begin a change as somebody else does, unless one is under way."""
        kept = self._tables[get_config().table_name(table)]
        if not kept.wanted:
            kept.wanted, kept.looks = wanted, list(_LOOKS)

    def lose_answers_to_updates(self, code: str, *, times: int = 1) -> None:
        """Have so many changes carried out and all the same be refused, as second attempts are."""
        left = [code] * times

        def moment(name: str) -> None:
            if name == "after UpdateTable" and left:
                raise refused(left.pop())

        self.moment = moment

    def describe_table(self, **call: Any) -> dict[str, Any]:
        return self._call("DescribeTable", lambda: self._describe(call["TableName"]))

    def update_table(self, **call: Any) -> dict[str, Any]:
        units = call["ProvisionedThroughput"]
        wanted = Capacity(units["ReadCapacityUnits"], units["WriteCapacityUnits"])
        return self._call("UpdateTable", lambda: self._update(call["TableName"], wanted))

    def list_tags_of_resource(self, **call: Any) -> dict[str, Any]:
        notes = self._tables[call["ResourceArn"]].notes
        tags = {"Tags": [{"Key": key, "Value": value} for key, value in notes.items()]}
        return self._call("ListTagsOfResource", lambda: tags)

    def tag_resource(self, **call: Any) -> dict[str, Any]:
        notes = self._tables[call["ResourceArn"]].notes
        tags = {tag["Key"]: tag["Value"] for tag in call["Tags"]}
        return self._call("TagResource", lambda: notes.update(tags))

    def untag_resource(self, **call: Any) -> dict[str, Any]:
        notes = self._tables[call["ResourceArn"]].notes
        return self._call("UntagResource", lambda: [notes.pop(key, 0) for key in call["TagKeys"]])

    def _call(self, operation: str, carry_out: Callable[[], Any]) -> dict[str, Any]:
        self.moment(f"before {operation}")
        answer = carry_out()
        self.moment(f"after {operation}")
        return answer if isinstance(answer, dict) else {}

    def _describe(self, name: str) -> dict[str, Any]:
        table = self._tables[name]
        status = table.looks.pop(0) if table.looks else "ACTIVE"
        described: dict[str, Any] = {"TableArn": name, "TableStatus": status}
        if table.wanted and not table.looks and status == "ACTIVE":
            table.capacity, table.wanted = table.wanted, None
        if table.capacity is None:
            return {"Table": described | {"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}}
        units = {
            "ReadCapacityUnits": table.capacity.read,
            "WriteCapacityUnits": table.capacity.write,
        }
        return {"Table": described | {"ProvisionedThroughput": units}}

    def _update(self, name: str, wanted: Capacity) -> None:
        if self._tables[name].wanted:
            raise refused("ResourceInUseException")
        if self._tables[name].capacity == wanted:
            raise refused("ValidationException")
        self._tables[name].wanted, self._tables[name].looks = wanted, list(_LOOKS)


def refused(code: str) -> ClientError:
    """Return DynamoDB's refusal of a call."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")
