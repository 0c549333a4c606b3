"""The SQS queues: each with another for its dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable

from feeds.queues import dead_letter_name
from tweeter import aws
from tweeter.config import get_config

_DAY = 86_400
_RETENTION = str(14 * _DAY)  # the longest that SQS keeps anything
_MAX_RECEIVES = "10"
"""Failed receives after which a message is a dead letter. Throttling and outages use up none
(messages are put back anew), so this many crashes at one message mean that it is the cause."""


def queue_names() -> list[str]:
    """Return the names of both queues, without those of their dead letters."""
    config = get_config()
    return [config.fan_out_queue_name, config.feed_queue_name]


def provision_queues(report: Callable[[str], object]) -> None:
    """Create missing queues and set the attributes of all."""
    for name in queue_names():
        dead = _provision(dead_letter_name(name), {"MessageRetentionPeriod": _RETENTION}, report)
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": answer["Attributes"]["QueueArn"],
            "maxReceiveCount": _MAX_RECEIVES,
        }
        attributes = {
            "MessageRetentionPeriod": _RETENTION,
            # AWS: six times the function's timeout, so that no message is received again while
            # an invocation may still work on it.
            "VisibilityTimeout": str(6 * get_config().function_timeout_seconds),
            "ReceiveMessageWaitTimeSeconds": "20",
            "RedrivePolicy": json.dumps(redrive),
        }
        _provision(name, attributes, report)


def delete_queues(report: Callable[[str], object]) -> None:
    """Delete all queues."""
    client = aws.client("sqs")
    for name in queue_names():
        for each in (name, dead_letter_name(name)):
            try:
                client.delete_queue(QueueUrl=client.get_queue_url(QueueName=each)["QueueUrl"])
            except client.exceptions.QueueDoesNotExist:
                report(f"queue {each}: was not there")
            else:
                report(f"queue {each}: deleted")


def _provision(name: str, attributes: dict[str, str], report: Callable[[str], object]) -> str:
    """Return the URL of a queue that has these attributes."""
    client = aws.client("sqs")
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist:
        url = client.create_queue(QueueName=name)["QueueUrl"]
        report(f"queue {name}: created")
    else:
        report(f"queue {name}: is there")
    client.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return url
