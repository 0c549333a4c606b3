"""The loop over the records of an SQS event, the same for every queue."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from feeds.messages import Poisonous
from tweeter.errors import Unavailable

logger = logging.getLogger(__name__)

M = TypeVar("M")
BatchResponse = dict[str, list[dict[str, str]]]

_AWAY_SECONDS = (2.0, 20.0)
"""Between which a message waits, at random, when something that it needs is away."""
_RESERVE_SECONDS = 8.0
"""What must remain of an invocation to begin with another record."""


class Context(Protocol):
    """What is used of Lambda's context object."""

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
    failures = []
    for record in event["Records"]:
        seconds_left = context.get_remaining_time_in_millis() / 1000
        try:
            _process_one(record["body"], seconds_left, decode=decode, run=run, returns=returns)
        except Exception:
            logger.exception("failed at message %s", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
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
        return
    if seconds_left < _RESERVE_SECONDS:
        returns.put_back(body, 0)
        return
    try:
        run(message, seconds_left)
    except Unavailable as error:
        delay = random.uniform(*_AWAY_SECONDS)  # noqa: S311 - spreads load, keeps no secret
        logger.warning("put a message back for %.0f s: %s", delay, error)
        returns.put_back(body, delay)
