"""The embedded AWS as it is: bare boto3, past everything that fails, and nothing of the product's.

Only the names are the product's, by its configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config

_PLAIN = TypeDeserializer()
_REGION = "us-east-1"
_MADE_UP = "local"
_DEAD = "-dead"
_SESSION = boto3.session.Session()  # one, since each reads all of AWS's definitions anew
_SIZES = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class Direct:
    """Reads, and in tests damages, what is stored. `prefix` is that of all names."""

    def __init__(self, *, endpoint: str | None, prefix: str, bucket: str) -> None:
        self.bucket = bucket
        self._prefix = prefix
        self._endpoint = endpoint
        self._urls: dict[str, str] = {}
        self.dynamodb = self.beside(endpoint)
        self.sqs = _client("sqs", endpoint)
        self.s3 = _client("s3", endpoint)

    def beside(self, endpoint: str | None) -> Any:
        """Return a client of the DynamoDB at an address."""
        return _client("dynamodb", endpoint)

    def table_name(self, table: str) -> str:
        """Return the full name of a table."""
        return f"{self._prefix}-{table}"

    def table(self, table: str) -> Any:
        """Return a table as a resource of boto3's, which takes plain values."""
        return self._resource.Table(self.table_name(table))

    @cached_property
    def _resource(self) -> Any:
        return _SESSION.resource(
            "dynamodb",
            endpoint_url=self._endpoint,
            region_name=_REGION,
            aws_access_key_id=_MADE_UP,
            aws_secret_access_key=_MADE_UP,
        )

    def queue_url(self, queue: str) -> str:
        """Return where a queue is."""
        if queue not in self._urls:
            answer = self.sqs.get_queue_url(QueueName=f"{self._prefix}-{queue}")
            self._urls[queue] = answer["QueueUrl"]
        return self._urls[queue]

    def items(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield all items of a table."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table_name(table), ConsistentRead=True
        )
        for page in pages:
            for item in page["Items"]:
                yield {name: _PLAIN.deserialize(value) for name, value in item.items()}

    def throughput(self, table: str) -> dict[str, int] | None:
        """Return the capacity of a table by its full name; None when it is paid by the request."""
        told = self.dynamodb.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]
        units = {name: int(told[name]) for name in ("ReadCapacityUnits", "WriteCapacityUnits")}
        return units if all(units.values()) else None

    def objects(self) -> set[str]:
        """Return the keys of everything in the bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {each["Key"] for page in pages for each in page.get("Contents", ())}

    def waiting(self, queue: str) -> int:
        """Return how many messages a queue has, delayed ones and those in flight included."""
        answer = self.sqs.get_queue_attributes(
            QueueUrl=self.queue_url(queue), AttributeNames=list(_SIZES)
        )
        return sum(int(answer["Attributes"][name]) for name in _SIZES)

    def dead_letters(self, queue: str) -> list[str]:
        """Return the bodies of a queue's dead letters, and take them off."""
        bodies: list[str] = []
        url = self.queue_url(queue + _DEAD)
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages", []):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def hasten_returns(self, seconds: int) -> None:
        """Let messages whose receiver has died come back after so many seconds."""
        for queue in ("fan-out", "feed"):
            self.sqs.set_queue_attributes(
                QueueUrl=self.queue_url(queue), Attributes={"VisibilityTimeout": str(seconds)}
            )


def _client(service: str, endpoint: str | None) -> Any:
    return _SESSION.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=_REGION,
        aws_access_key_id=_MADE_UP,
        aws_secret_access_key=_MADE_UP,
        config=Config(s3={"addressing_style": "path"}, read_timeout=60, max_pool_connections=50),
    )
