"""Lambda's part on one machine: polls an SQS queue and calls the function's handler."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from tweeter.backoff import backoff
from tweeter.local.lambda_event import BatchFailed, LambdaContext, failed_message_ids, sqs_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

logger = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], Any], object]
"""A Lambda entry point: takes the event and the context, returns the answer."""

MAXIMUM_BATCH_SIZE = 10
"""Messages of one invocation: what one ReceiveMessage gives, and Lambda without a window."""

_SQS_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class MappingSettings:
    """What an SQS event source mapping, and the function behind it, are configured with."""

    batch_size: int = MAXIMUM_BATCH_SIZE
    """Messages in one invocation at most, 1 to 10."""
    maximum_concurrency: int = 2
    """Invocations at one time at most. Lambda takes 2 to 1,000; 1 is for one machine alone, where
    somebody wants to see one batch after the other."""
    timeout_seconds: float = 30.0
    """The function's timeout."""
    wait_seconds: int = 1
    """How long one poll waits for a message, 0 to 20, and so about the time that a stop takes."""
    function_name: str = "tweeter-local"
    longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS
    """The longest pause between two polls while SQS is away."""

    def __post_init__(self) -> None:
        """Refuse what can't work; ValueError says which setting."""
        if not 1 <= self.batch_size <= MAXIMUM_BATCH_SIZE:
            message = f"batch_size must be 1 to {MAXIMUM_BATCH_SIZE}"
            raise ValueError(message)
        if self.maximum_concurrency < 1:
            message = "maximum_concurrency must be 1 or more"
            raise ValueError(message)


class EventSourceMapping:
    """Feeds one queue to one handler, as Lambda's mapping with ReportBatchItemFailures does.

    Each unit of the concurrency is one thread that receives, calls the handler, and deletes what
    succeeded; so nothing is received, with its visibility timeout running, that no handler is free
    for. What failed is left alone: it comes back when its visibility timeout is over. While SQS or
    the queue is away it tries again, with growing pauses, until it is there.
    """

    def __init__(
        self,
        *,
        sqs: SQSClient,
        queue_name: str,
        handler: Handler,
        settings: MappingSettings,
    ) -> None:
        self._sqs = sqs
        self._queue_name = queue_name
        self._handler = handler
        self._settings = settings
        self._stopping = threading.Event()
        self._outage = _Outage(queue_name)
        self._pollers = [
            threading.Thread(target=self._poll, name=f"{queue_name}-{number}", daemon=True)
            for number in range(1, settings.maximum_concurrency + 1)
        ]

    def start(self) -> None:
        """Start to poll; returns at once. A mapping is started once."""
        for poller in self._pollers:
            poller.start()

    def request_stop(self) -> None:
        """Receive nothing from now on; returns at once, while handlers may still be running."""
        self._stopping.set()

    def stop(self, grace_seconds: float) -> bool:
        """Receive nothing more and wait for running handlers, at most the grace time.

        Returns whether all have finished. Messages of those that have not come back to the queue
        when their visibility timeout is over.
        """
        self.request_stop()
        deadline = time.monotonic() + grace_seconds
        for poller in self._pollers:
            poller.join(max(0.0, deadline - time.monotonic()))
        return not any(poller.is_alive() for poller in self._pollers)

    def _poll(self) -> None:
        """Be one unit of the concurrency until the mapping is stopped."""
        queue: _Queue | None = None
        pauses = self._pauses()
        while not self._stopping.is_set():
            try:
                queue = queue or self._find_queue()
                messages = self._receive(queue)
            except _SQS_ERRORS as error:
                self._outage.begin(error)
                self._stopping.wait(next(pauses))
                continue
            self._outage.end()
            pauses = self._pauses()
            if messages:
                self._deliver(queue, messages)

    def _pauses(self) -> Iterator[float]:
        """Yield the seconds to wait after each failure in a row, so that pollers do not come back
        in step."""
        longest = self._settings.longest_pause_seconds
        return backoff(base=min(_FIRST_PAUSE_SECONDS, longest), cap=longest)

    def _find_queue(self) -> _Queue:
        """Look the queue up; a botocore error when it does not exist or SQS is away."""
        url = self._sqs.get_queue_url(QueueName=self._queue_name)["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return _Queue(url=url, arn=answer["Attributes"]["QueueArn"])

    def _receive(self, queue: _Queue) -> Sequence[MessageTypeDef]:
        """Wait a moment for messages; empty when none came."""
        answer = self._sqs.receive_message(
            QueueUrl=queue.url,
            MaxNumberOfMessages=self._settings.batch_size,
            WaitTimeSeconds=self._settings.wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _deliver(self, queue: _Queue, messages: Sequence[MessageTypeDef]) -> None:
        """Call the handler with a batch, and delete what it did not report as failed."""
        started = time.monotonic()
        try:
            failed = self._invoke(queue, messages)
        except BatchFailed as error:
            logger.warning(
                "%s: a batch of %d failed and will come back: %s",
                self._queue_name,
                len(messages),
                error,
            )
            return
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._delete(queue, done)
        logger.debug(
            "%s: %d done, %d to come back, %d ms",
            self._queue_name,
            len(done),
            len(failed),
            (time.monotonic() - started) * 1000,
        )

    def _invoke(self, queue: _Queue, messages: Sequence[MessageTypeDef]) -> frozenset[str]:
        """Return the ids of the messages that the handler reports as failed; else BatchFailed."""
        context = LambdaContext(
            function_name=self._settings.function_name,
            timeout_seconds=self._settings.timeout_seconds,
        )
        try:
            response = self._handler(sqs_event(messages, queue.arn), context)
        except Exception as error:
            # Lambda takes any exception for a failed batch, and goes on with the next one.
            logger.exception("%s: the handler raised", self._queue_name)
            message = f"the handler raised {type(error).__name__}"
            raise BatchFailed(message) from error
        if context.get_remaining_time_in_millis() == 0:
            # A thread cannot be ended from outside, as Lambda would have done it by now; the
            # outcome for the messages is the same.
            message = f"the handler took longer than {self._settings.timeout_seconds:g} seconds"
            raise BatchFailed(message)
        return failed_message_ids(response, {message["MessageId"] for message in messages})

    def _delete(self, queue: _Queue, messages: Sequence[MessageTypeDef]) -> None:
        """Take messages off the queue; one that stays there is delivered again."""
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
        ]
        try:
            answer = self._sqs.delete_message_batch(
                QueueUrl=queue.url,
                Entries=entries,  # type: ignore[arg-type] # the stubs want their own TypedDict
            )
        except _SQS_ERRORS as error:
            logger.warning(
                "%s: %d done messages will come back, since they could not be deleted: %s",
                self._queue_name,
                len(messages),
                error,
            )
            return
        for failure in answer.get("Failed", []):
            logger.warning(
                "%s: message %s is done but will come back, since it could not be deleted: %s %s",
                self._queue_name,
                messages[int(failure["Id"])]["MessageId"],
                failure["Code"],
                failure.get("Message", ""),
            )


@dataclass(frozen=True, kw_only=True)
class _Queue:
    """Where a queue is, and what Lambda calls it in the event."""

    url: str
    arn: str


class _Outage:
    """Logs when SQS goes away and when it is back: once each, however many pollers notice."""

    def __init__(self, queue_name: str) -> None:
        self._queue_name = queue_name
        self._lock = threading.Lock()
        self._lasts = False

    def begin(self, error: Exception) -> None:
        """Note a failed poll."""
        with self._lock:
            if not self._lasts:
                logger.warning("%s cannot be polled; trying on: %s", self._queue_name, error)
            self._lasts = True

    def end(self) -> None:
        """Note a poll that worked."""
        with self._lock:
            if self._lasts:
                logger.info("%s is polled again", self._queue_name)
            self._lasts = False
