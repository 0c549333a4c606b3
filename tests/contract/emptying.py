"""Making an AWS that others have used like a new one, at a tenth of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feeds.queues import dead_letter_name
from tests.world import stored_pictures
from tweeter import aws
from tweeter.config import get_config
from tweeter.dynamodb import BATCH_WRITE_LIMIT
from tweeter.provisioning.queues import queue_names
from tweeter.tables import Capacity, TableSpec, all_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ProvisionedThroughputTypeDef


def empty() -> None:
    """Delete all items, messages and pictures of people, and give the tables their throughput."""
    for spec in all_tables():
        empty_table(aws.client("dynamodb"), spec)
        if spec.capacity:
            _give_back(aws.client("dynamodb"), spec.full_name, spec.capacity)
    sqs = aws.client("sqs")
    for queue in queue_names():
        for name in (queue, dead_letter_name(queue)):
            sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    for key in stored_pictures():
        aws.client("s3").delete_object(Bucket=get_config().picture_bucket, Key=key)


def empty_table(client: DynamoDBClient, spec: TableSpec) -> None:
    """Delete all items of a table."""
    table, names = spec.full_name, spec.model.key_names()
    aliases = {f"#{number}": name for number, name in enumerate(names)}
    keys: list[Any] = list(
        client.get_paginator("scan")
        .paginate(
            TableName=table,
            ConsistentRead=True,
            ProjectionExpression=", ".join(aliases),
            ExpressionAttributeNames=aliases,
        )
        .search("Items[]")
    )
    for start in range(0, len(keys), BATCH_WRITE_LIMIT):
        requests: list[Any] = [
            {"DeleteRequest": {"Key": key}} for key in keys[start : start + BATCH_WRITE_LIMIT]
        ]
        client.batch_write_item(RequestItems={table: requests})


def _give_back(client: DynamoDBClient, table: str, capacity: Capacity) -> None:
    now = client.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]
    if (now["ReadCapacityUnits"], now["WriteCapacityUnits"]) != (capacity.read, capacity.write):
        right: ProvisionedThroughputTypeDef = {
            "ReadCapacityUnits": capacity.read,
            "WriteCapacityUnits": capacity.write,
        }
        client.update_table(TableName=table, ProvisionedThroughput=right)
