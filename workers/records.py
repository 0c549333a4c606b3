"""The loop over the records of an SQS event, the same for every queue."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from feeds.messages import Poisonous
from tweeter import deadline, logs, metrics
from tweeter.config import get_config
from tweeter.errors import Unavailable
from tweeter.metrics import Metric

logger = logging.getLogger(__name__)

Record = Mapping[str, Any]
BatchResponse = dict[str, list[dict[str, str]]]

_AWAY_SECONDS = (2.0, 20.0)
"""Between which a message waits, at random, when something that it needs is away."""
_PUT_BACK_SECONDS = 3.0
"""What a record leaves of an invocation: to put its message back."""
_LAST_SECONDS = 0.5
"""What all records leave of it: to report. An invocation that is ended by force has processed none
of its messages, and each has used up a receive."""


class Message(Protocol):
    """What the loop itself has to know of a message."""

    @property
    def request_id(self) -> str | None:
        """The id of the request that it was sent for, where that is known and only one."""


M = TypeVar("M", bound=Message)


class Context(Protocol):
    """What is used of Lambda's context object."""

    @property
    def aws_request_id(self) -> str:
        """The id of the invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation is ended."""


class Returns(Protocol):
    """Where messages go that can't be processed: back in line, or to the dead letters."""

    def put_back(self, body: str, delay: float) -> None:
        """Send a message anew."""

    def bury(self, body: str, reason: str) -> None:
        """Send a message to the dead letters."""


def process(
    event: Mapping[str, Any],
    context: Context,
    *,
    decode: Callable[[str], M],
    run: Callable[[M, float], None],
    returns: Returns,
) -> BatchResponse:
    """Run every record of an event; return Lambda's partial batch response.

    What is done, put back or buried counts as processed, so that SQS deletes it. Only what failed
    unexpectedly, or could not be put back, is reported: SQS delivers it again after its
    visibility timeout, and to the dead letters after too many times.
    Source: Lambda developer guide, "Handling errors for an SQS event source".
    """
    config = get_config()
    logs.configure(on_lambda=config.on_lambda, level=config.log_level)
    metrics.configure(on_lambda=config.on_lambda, environment=config.environment)
    records: Sequence[Record] = event["Records"]
    _measure_age(records)
    failures = []
    for record in records:
        seconds_left = context.get_remaining_time_in_millis() / 1000
        with (
            deadline.within(seconds_left - _LAST_SECONDS),
            logs.bound(
                function_request_id=context.aws_request_id,
                message_id=record["messageId"],
                queue=_queue_of(record),
            ),
        ):
            try:
                _process_one(record["body"], seconds_left, decode=decode, run=run, returns=returns)
            except Exception:  # whatever it is: the other messages shall not be repeated for it
                logger.exception("failed at message %s", record["messageId"])
                failures.append({"itemIdentifier": record["messageId"]})
    metrics.flush()
    return {"batchItemFailures": failures}


def _process_one(
    body: str,
    seconds_left: float,
    *,
    decode: Callable[[str], M],
    run: Callable[[M, float], None],
    returns: Returns,
) -> None:
    try:
        message = decode(body)
    except Poisonous as error:
        logger.error("buried a message: %s", error)  # noqa: TRY400 - the reason says it all
        returns.bury(body, str(error))
        metrics.add(Metric.MESSAGES_BURIED, 1)
        return
    logs.bind(request_id=message.request_id)
    if seconds_left < deadline.RESERVE_SECONDS:
        returns.put_back(body, 0)
        metrics.add(Metric.MESSAGES_PUT_BACK, 1)
        return
    started = time.perf_counter()
    try:
        with deadline.within(seconds_left - _PUT_BACK_SECONDS):
            run(message, seconds_left)
    except Unavailable as error:
        delay = random.uniform(*_AWAY_SECONDS)  # noqa: S311 - spreads load # nosec B311
        logger.warning("put a message back for %.0f s: %s", delay, error)
        returns.put_back(body, delay)
        metrics.add(Metric.MESSAGES_PUT_BACK, 1)
    else:
        milliseconds = (time.perf_counter() - started) * 1000
        logger.info("ran a %s in %d ms", type(message).__name__, milliseconds)


def _measure_age(records: Sequence[Record]) -> None:
    """Add for how long the oldest message has been on its queue, delays that it was sent with
    included."""
    sent = [
        (int(record["attributes"]["SentTimestamp"]) / 1000, _queue_of(record))
        for record in records
        if "SentTimestamp" in record.get("attributes", {})
    ]
    if sent:
        sent_at, queue = min(sent)
        metrics.add(Metric.QUEUE_AGE_SECONDS, max(0.0, time.time() - sent_at), queue=queue)


def _queue_of(record: Record) -> str:
    """Return the name of a message's queue, which its ARN ends with."""
    return str(record.get("eventSourceARN", "")).rpartition(":")[2]
