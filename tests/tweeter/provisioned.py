"""What the tests of provisioning share: commands, refusals, and what AWS then holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from botocore.exceptions import ClientError
from django.core.management import call_command

from feeds.queues import dead_letter_name
from tests.faults import Service
from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.queues import queue_names
from tweeter.tables import all_tables


def lines_of(command: str, *arguments: str) -> list[str]:
    """Return what a command prints, line by line."""
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().splitlines()


def line_of(thing: str, lines: list[str]) -> str:
    """Return what a report says of a table, queue or bucket, by the end of its name."""
    (line,) = [line for line in lines if line.split(":")[0].endswith(f"-{thing}")]
    return line.partition(": ")[2]


def refusal(service: Service, code: str, message: str = "no") -> ClientError:
    """Return an error as AWS answers it, of the class that the service's client gives it."""
    kind: Any = aws.client(service).exceptions.from_code(code)  # its stubs say that it is an error
    error: ClientError = kind({"Error": {"Code": code, "Message": message}}, "Anything")
    return error


@contextmanager
def complete_queue_attributes() -> Iterator[None]:
    """Have GetQueueAttributes answer the redrive allow policy too, as SQS does: moto takes it and
    forgets it."""
    policies: dict[str, str] = {}

    def remember(params: dict[str, Any], **_: object) -> None:
        if policy := params["Attributes"].get("RedriveAllowPolicy"):
            policies[params["QueueUrl"]] = policy

    def note_queue(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        context["queue"] = params["QueueUrl"]

    def add(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if "Attributes" in parsed and context["queue"] in policies:
            parsed["Attributes"]["RedriveAllowPolicy"] = policies[context["queue"]]

    events = aws.client("sqs").meta.events
    handlers: list[tuple[str, Callable[..., None]]] = [
        ("before-parameter-build.sqs.SetQueueAttributes", remember),
        ("before-parameter-build.sqs.GetQueueAttributes", note_queue),
        ("after-call.sqs.GetQueueAttributes", add),
    ]
    for event, handler in handlers:
        events.register(event, handler)
    try:
        yield
    finally:
        for event, handler in handlers:
            events.unregister(event, handler)


def described(table: str) -> dict[str, Any]:
    """Return a table's description."""
    name = get_config().table_name(table)
    return dict(aws.client("dynamodb").describe_table(TableName=name)["Table"])


def throughput_of(table: str) -> tuple[int, int] | str:
    """Return a table's RCU and WCU, or that it is on demand."""
    description = described(table)
    if description.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
        return "on demand"
    throughput = description["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def expiring_tables() -> set[str]:
    """Return the short names of the tables that remove their expired items."""
    client = aws.client("dynamodb")
    found = set()
    for spec in all_tables():
        answer = client.describe_time_to_live(TableName=spec.full_name)
        if answer["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED":
            found.add(spec.short_name)
    return found


def restorable_tables() -> set[str]:
    """Return the short names of the tables with point-in-time recovery."""
    client = aws.client("dynamodb")
    found = set()
    for spec in all_tables():
        answer = client.describe_continuous_backups(TableName=spec.full_name)
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
            found.add(spec.short_name)
    return found


def queue_attributes(name: str) -> dict[str, str]:
    """Return a queue's attributes."""
    client = aws.client("sqs")
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


def everything() -> dict[str, Any]:
    """Return all that provisioning makes and sets, without the times at which it did."""
    tables = {spec.short_name: _table(spec.short_name) for spec in all_tables()}
    queues = {}
    for queue in queue_names():
        for name in (queue, dead_letter_name(queue)):
            attributes = queue_attributes(name)
            del attributes["CreatedTimestamp"], attributes["LastModifiedTimestamp"]
            queues[name] = attributes
    return {
        "tables": tables,
        "expiring": expiring_tables(),
        "restorable": restorable_tables(),
        "queues": queues,
        "bucket": _bucket(),
    }


def _table(table: str) -> dict[str, Any]:
    description = described(table)
    del description["CreationDateTime"]
    tags = aws.client("dynamodb").list_tags_of_resource(ResourceArn=description["TableArn"])["Tags"]
    return description | {"Tags": tags}


def _bucket() -> dict[str, Any]:
    client, bucket = aws.client("s3"), get_config().picture_bucket
    return {
        "public": client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
        "policy": client.get_bucket_policy(Bucket=bucket)["Policy"],
        "lifecycle": client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
        "objects": [
            (entry["Key"], entry["ETag"])
            for entry in client.list_objects_v2(Bucket=bucket)["Contents"]
        ],
    }
