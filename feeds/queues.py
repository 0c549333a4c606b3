"""The two queues on SQS."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from accounts.entities import AccountId, Chore
from feeds.entities import FanOutJob
from feeds.interfaces import Delayed, Queue
from feeds.messages import encode
from tweeter import aws, logs
from tweeter.clock import Clock
from tweeter.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

logger = logging.getLogger(__name__)

MAX_DELAY_SECONDS = 900
"""AWS: SQS developer guide, message timers."""
_ON_ITS_WAY = 0.02
"""Seconds that a message takes at least from being sent to being written."""
_BATCH = 10
_TRIES = 3


def dead_letter_name(queue_name: str) -> str:
    """Return the name of the queue that takes what a queue's worker can't process."""
    return f"{queue_name}-dead"


class SqsQueue:
    """A `Queue` on SQS, and what the worker of its messages needs besides."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._urls: dict[str, str] = {}

    def send(self, messages: Sequence[Delayed]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": encode(delayed.message),
                "DelaySeconds": _whole_seconds(delayed.delay),
            }
            for number, delayed in enumerate(messages)
        ]
        for start in range(0, len(entries), _BATCH):
            self._send_batch(entries[start : start + _BATCH])

    def put_back(self, body: str, delay: float) -> None:
        """Send a message anew, to be received after `delay` seconds: unlike a failed receive,
        this does not bring it nearer to the dead letters."""
        with aws.away_as_unavailable():
            aws.client("sqs").send_message(
                QueueUrl=self._url(self._name), MessageBody=body, DelaySeconds=round(delay)
            )

    def bury(self, body: str, reason: str) -> None:
        """Send a message to the dead letters, with the reason."""
        with aws.away_as_unavailable():
            aws.client("sqs").send_message(
                QueueUrl=self._url(dead_letter_name(self._name)),
                MessageBody=body,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )

    def check(self) -> None:
        """Raise Unavailable unless the queue answers."""
        with aws.away_as_unavailable():
            aws.client("sqs").get_queue_attributes(
                QueueUrl=self._url(self._name), AttributeNames=["QueueArn"]
            )

    def _send_batch(self, entries: list[SendMessageBatchRequestEntryTypeDef]) -> None:
        for _ in range(_TRIES):
            with aws.away_as_unavailable():
                answer = aws.client("sqs").send_message_batch(
                    QueueUrl=self._url(self._name), Entries=entries
                )
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
            logger.warning("%s took all but %d messages", self._name, len(entries))
        message = "The queue does not take all messages; try again shortly."
        raise Unavailable(message)

    def _url(self, name: str) -> str:
        # Without a lock: threads that look it up at once all do, since to wait for each other
        # could take them as many times as long as a queue that is stuck.
        if name not in self._urls:
            with aws.away_as_unavailable():
                self._urls[name] = aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        return self._urls[name]


class AccountChores:
    """The `ChoreQueue` of the accounts. Chores share the queue of the fan-outs, whose worker has
    time between them: a queue of their own would cost its polling, day and night."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def put(self, chore: Chore, delay: float) -> None:
        of_request = replace(chore, request_id=chore.request_id or logs.request_id())
        self._queue.send([Delayed(of_request, delay)])


class PostedStatuses:
    """The `FanOutQueue` of the statuses: its messages are jobs for the fan-out."""

    def __init__(self, *, queue: Queue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock

    def put(self, status_id: str, author_id: AccountId) -> None:
        job = FanOutJob(status_id, author_id, self._clock(), logs.request_id())
        self._queue.send([Delayed(job)])


def _whole_seconds(delay: float) -> int:
    """Return a delay as SQS takes it: rather later than sooner, since capacity that has not come
    in yet would be refused. Only what is no more than a message's way is let go."""
    return max(0, min(MAX_DELAY_SECONDS, math.ceil(delay - _ON_ITS_WAY)))
