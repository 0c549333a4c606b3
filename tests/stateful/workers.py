"""The two workers, which get their messages one by one: when, and as often, as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from feeds.dao import DynamoDeliveryDao, DynamoLine
from feeds.entities import FanOutJob, FanOutMessage, TakeTurns
from feeds.fan_out import FanOut
from feeds.messages import decode_fan_out
from feeds.planner import Planner
from statuses.dao import DynamoStatusDao
from tests.world import LocalQueue
from tweeter import aws, wiring
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.local.lambda_event import LambdaContext, sqs_event
from workers import feed_write
from workers.fan_out import run as run_as_usual
from workers.records import BatchResponse, Context, process

CHUNK_SIZE = 2
"""So small that three followers make a fan-out wait in line for its turns."""


class Worker:
    """A worker, and the messages that are on their way to it."""

    def __init__(self, queue: LocalQueue, handler: Callable[[Any, Any], BatchResponse]) -> None:
        self.messages: list[Any] = []
        self._queue = queue
        self._handler = handler

    def take(self) -> None:
        """Take from the queue what it gives now."""
        while taken := self._queue.receive():
            self.messages += taken
            for message in taken:
                aws.client("sqs").delete_message(
                    QueueUrl=self._queue.url, ReceiptHandle=message["ReceiptHandle"]
                )

    def run(self, place: int = 0, *, again: bool = False) -> None:
        """Handle a message, which stays to be handled once more if that is to happen again."""
        message = self.messages[place] if again else self.messages.pop(place)
        arn = f"arn:aws:sqs:us-east-1:123456789012:{self._queue.name}"
        context = LambdaContext(function_name="tweeter", timeout_seconds=30)
        answer = self._handler(sqs_event([message], arn), context)
        assert answer == {"batchItemFailures": []}, "the log has the reason"

    def waits(self) -> bool:
        """Tell whether anything is still to come out of the queue."""
        return self._queue.size() > 0


def fan_out_worker() -> Worker:
    """Return a fan-out worker with small chunks."""
    planner = Planner(
        line=DynamoLine(),
        follows=DynamoFollowDao(),
        statuses=DynamoStatusDao(),
        deliveries=DynamoDeliveryDao(),
        runs=wiring.fan_out_queue(),
        chunks=wiring.feed_queue(),
        pacer=wiring.pacer(),
        chunk_size=CHUNK_SIZE,
    )
    fan_out = FanOut(
        accounts=DynamoAccountDao(),
        statuses=DynamoStatusDao(),
        deliveries=DynamoDeliveryDao(),
        line=DynamoLine(),
        planner=planner,
        jobs=wiring.fan_out_queue(),
        pacer=wiring.pacer(),
        clock=system_clock,
    )

    def run(message: FanOutMessage, seconds_left: float) -> None:
        if isinstance(message, FanOutJob | TakeTurns):
            fan_out.run(message, seconds_left)
        else:
            run_as_usual(message, seconds_left)

    def handler(event: Mapping[str, Any], context: Context) -> BatchResponse:
        returns = wiring.fan_out_queue()
        return process(event, context, decode=decode_fan_out, run=run, returns=returns)

    return Worker(LocalQueue(get_config().fan_out_queue_name), handler)


def feed_worker() -> Worker:
    """Return a feed writer."""
    return Worker(LocalQueue(get_config().feed_queue_name), feed_write.handler)
