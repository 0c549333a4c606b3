"""Dead letters on SQS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from feeds.dead_letters import DeadLetter
from feeds.queues import dead_letter_name
from tweeter import aws
from tweeter.clock import from_microseconds
from tweeter.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_HIDDEN_SECONDS = 60
_WAIT_SECONDS = 1
"""Any wait has SQS ask all its servers; without, a letter may be missed (AWS: SQS developer guide,
short and long polling). It must stay below the client's read timeout."""


class SqsDeadLetterQueue:
    """The `DeadLetterQueue` of an SQS queue, which goes by its full name."""

    def __init__(self, source_name: str) -> None:
        self._source_name = source_name

    def receive(self, limit: int) -> Sequence[DeadLetter]:
        """Hide what is returned by a visibility timeout of `_HIDDEN_SECONDS`."""
        with aws.away_as_unavailable():
            answer = aws.client("sqs").receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=limit,
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                MessageAttributeNames=["reason"],
            )
        return [_letter_of(message) for message in answer.get("Messages", [])]

    def put_back(self, letters: Iterable[DeadLetter]) -> None:
        """End the visibility timeouts; those that are over already are as good."""
        client = aws.client("sqs")
        for letter in letters:
            with aws.away_as_unavailable():
                try:
                    client.change_message_visibility(
                        QueueUrl=self._url, ReceiptHandle=letter.handle, VisibilityTimeout=0
                    )
                except (
                    client.exceptions.MessageNotInflight,
                    client.exceptions.ReceiptHandleIsInvalid,
                ):
                    continue  # its minute is over: it can be received already

    def send_to_source(self, letter: DeadLetter) -> None:
        """Send the body without the reason, which no worker reads."""
        with aws.away_as_unavailable():
            aws.client("sqs").send_message(QueueUrl=self._source_url, MessageBody=letter.body)

    def delete(self, letter: DeadLetter) -> None:
        """Delete by the handle of this receive; a letter received again since may outlive it."""
        with aws.away_as_unavailable():
            aws.client("sqs").delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)

    @cached_property
    def _url(self) -> str:
        return _url_of(dead_letter_name(self._source_name))

    @cached_property
    def _source_url(self) -> str:
        return _url_of(self._source_name)


def _url_of(queue_name: str) -> str:
    try:
        with aws.away_as_unavailable():
            return aws.client("sqs").get_queue_url(QueueName=queue_name)["QueueUrl"]
    except Unavailable as error:
        if isinstance(error.__cause__, aws.client("sqs").exceptions.QueueDoesNotExist):
            message = f"The queue {queue_name} is not there; `manage.py provision` makes it."
            raise NotFound("no_queue", message) from error
        raise


def _letter_of(message: MessageTypeDef) -> DeadLetter:
    attributes = message.get("Attributes", {})
    reason = message.get("MessageAttributes", {}).get("reason")
    return DeadLetter(
        id=message["MessageId"],
        handle=message["ReceiptHandle"],
        body=message["Body"],
        sent_at=from_microseconds(int(attributes["SentTimestamp"]) * 1_000),
        receives=int(attributes["ApproximateReceiveCount"]),
        reason=reason.get("StringValue") if reason else None,
    )
