"""The SQS queues: each with another for its dead letters."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from feeds.queues import dead_letter_name
from tweeter import aws
from tweeter.config import get_config
from tweeter.errors import Conflict

_DAY = 86_400
_RETENTION = str(14 * _DAY)  # the longest that SQS keeps anything
_MAX_RECEIVES = 10
"""Failed receives after which a message is a dead letter. Throttling and outages use up none
(messages are put back anew), so this many crashes at one message mean that it is the cause."""
_EVERY_QUEUE = {
    "MessageRetentionPeriod": _RETENTION,
    # Encrypted by SQS with keys of its own: unlike KMS's they cost nothing and need no permission.
    "SqsManagedSseEnabled": "true",
}
_WORDS = {
    "MessageRetentionPeriod": "retention in seconds",
    "ReceiveMessageWaitTimeSeconds": "longest wait of a receive in seconds",
    "RedriveAllowPolicy": "queues that may send dead letters",
    "RedrivePolicy": "redrive policy",
    "SqsManagedSseEnabled": "encryption by SQS",
    "VisibilityTimeout": "visibility timeout in seconds",
}
"""What the attributes are called in the report."""
_LOOKS_FOR_NEW = 10
"""How often a new queue is looked for, once a second."""


@dataclass(frozen=True, slots=True)
class _Queue:
    """A queue as it was found, or as it was created."""

    name: str
    url: str
    attributes: Mapping[str, str]
    is_new: bool

    @property
    def arn(self) -> str:
        return self.attributes["QueueArn"]


def queue_names() -> list[str]:
    """Return the names of both queues, without those of their dead letters."""
    config = get_config()
    return [config.fan_out_queue_name, config.feed_queue_name]


def provision_queues(
    report: Callable[[str], object], sleep: Callable[[float], object] = time.sleep
) -> None:
    """Create missing queues and set the attributes that are not as they should be.

    Conflict `deleted_recently` when a queue was deleted less than a minute ago.
    """
    for name in queue_names():
        dead, queue = (_find_or_create(each, sleep) for each in (dead_letter_name(name), name))
        redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": _MAX_RECEIVES}
        allowed = {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
        # AWS: six times the function's timeout, so that no message is received again while an
        # invocation may still work on it.
        visibility = 6 * get_config().function_timeout_seconds
        for each, wanted in (
            (dead, {"RedriveAllowPolicy": json.dumps(allowed)}),
            (
                queue,
                {
                    "VisibilityTimeout": str(visibility),
                    "ReceiveMessageWaitTimeSeconds": "20",
                    "RedrivePolicy": json.dumps(redrive),
                },
            ),
        ):
            changes = _set(each, _EVERY_QUEUE | wanted)
            done = ["created"] if each.is_new else changes
            report(f"queue {each.name}: {', '.join(done) or 'is there'}")


def delete_queues(report: Callable[[str], object]) -> None:
    """Delete all queues."""
    client = aws.client("sqs")
    for name in queue_names():
        for each in (name, dead_letter_name(name)):
            try:
                client.delete_queue(QueueUrl=_url(each))
            except client.exceptions.QueueDoesNotExist:
                report(f"queue {each}: was not there")
            else:
                report(f"queue {each}: deleted")


def _find_or_create(name: str, sleep: Callable[[float], object]) -> _Queue:
    """Return a queue as it is, created if it is missing."""
    client = aws.client("sqs")
    try:
        url = _url(name)
        return _Queue(name, url, _attributes(url), is_new=False)
    except client.exceptions.QueueDoesNotExist:
        pass
    try:
        url = client.create_queue(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDeletedRecently as error:
        message = (
            f"The queue {name} was deleted less than a minute ago, and SQS lets no other have "
            "its name before that is over; provision again then."
        )
        raise Conflict("deleted_recently", message) from error
    return _Queue(name, url, _attributes_of_new(url, sleep), is_new=True)


def _attributes_of_new(url: str, sleep: Callable[[float], object]) -> dict[str, str]:
    """Return the attributes of a queue that was created just now, once SQS knows it.

    It promises that for a second later. Source: SQS API reference, CreateQueue.
    """
    client = aws.client("sqs")
    for _ in range(_LOOKS_FOR_NEW):
        try:
            return _attributes(url)
        except client.exceptions.QueueDoesNotExist:
            sleep(1)
    return _attributes(url)


def _set(queue: _Queue, wanted: Mapping[str, str]) -> list[str]:
    """Set those attributes of a queue that differ, and return in which way they did."""
    present = queue.attributes
    changed = {
        attribute: value
        for attribute, value in wanted.items()
        if _meaning(present.get(attribute)) != _meaning(value)
    }
    if changed:
        aws.client("sqs").set_queue_attributes(
            QueueUrl=queue.url,
            Attributes=changed,  # type: ignore[arg-type]
        )
    return [_change(each, present.get(each), value) for each, value in changed.items()]


def _change(attribute: str, before: str | None, after: str) -> str:
    """Return what was changed, in words; of policies only that they were."""
    if before is None or before.startswith("{"):
        return f"{_WORDS[attribute]} set"
    return f"{_WORDS[attribute]} {before} -> {after}"


def _meaning(value: str | None) -> Any:
    """Return an attribute in a form that can be compared: SQS may write policies otherwise than
    they were sent, such as numbers in quotation marks."""
    if value is None or not value.startswith("{"):
        return value
    return {
        key: part if isinstance(part, list) else str(part)
        for key, part in json.loads(value).items()
    }


def _attributes(url: str) -> dict[str, str]:
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(attribute): value for attribute, value in answer["Attributes"].items()}


def _url(name: str) -> str:
    return aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
