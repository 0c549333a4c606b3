"""The case `baseline`: one status goes out the usual way, without any pacing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bench.capacity import CapacityStandIn
from bench.fanout.crowd import authors_with, pool
from bench.fanout.figures import Figure, Limits, common_figures
from bench.fanout.logged_work import UNPACED, LoggedWork
from bench.fanout.observation import observe
from bench.fanout.one_post import last_out
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Posted, Service
from bench.fanout.unpaced import CHUNK
from tweeter import aws
from tweeter.config import get_config

_LOOK_AFTER_SECONDS = 120.0
_WATCHED_SECONDS = 210.0
"""Long enough for every receive: five, with 30 seconds between them, and some more."""
_VISIBILITY_SECONDS = "30"
_MAX_RECEIVES = 5
_BATCH = 10


def baseline(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with nothing saved."""
    [author] = authors_with(service, [options.followers])
    with _queue("unpaced-dead") as dead, _queue("unpaced", dead) as queue:

        def post_and_enqueue() -> Sequence[Posted]:
            posted = service.post_status(author)
            _enqueue(queue, posted)
            return [replace(posted, answered_at=time.time())]

        workers = LoggedWork(UNPACED, [_name("unpaced")])
        within = _WATCHED_SECONDS * (0.5 if options.quick else 1)
        seen = observe(standin, workers, post_and_enqueue, burst=0, within=within)
        dead_letters = _count(dead)
    look_at = seen.posts[0].answered_at + _LOOK_AFTER_SECONDS
    filled = sum(write.new for write in seen.log.writes if write.moment <= look_at)
    figures = [
        last_out(seen, None),
        Figure(f"feeds filled after {_LOOK_AFTER_SECONDS:.0f} s", 100 * filled / seen.entries, "%"),
        Figure("dead letters", dead_letters, f"chunks of {CHUNK}", digits=0),
        *common_figures(
            seen, Limits(), enqueuing_requests=-(-options.followers // (CHUNK * _BATCH))
        ),
    ]
    title = f"one status to {options.followers:,} followers, unpaced"
    return Outcome("baseline", title, figures, seen)


def _enqueue(queue: str, posted: Posted) -> None:
    owners = pool(posted.followers)
    bodies = [
        json.dumps(
            {
                "status": posted.status_id,
                "author": posted.author,
                "owners": owners[start : start + CHUNK],
            }
        )
        for start in range(0, len(owners), CHUNK)
    ]
    for start in range(0, len(bodies), _BATCH):
        aws.client("sqs").send_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(number), "MessageBody": body}
                for number, body in enumerate(bodies[start : start + _BATCH])
            ],
        )


@contextmanager
def _queue(name: str, dead_letters: str | None = None) -> Iterator[str]:
    """Make a queue for a while, with another one's URL for its dead letters; yield its URL."""
    client = aws.client("sqs")
    attributes: dict[Any, str] = {"VisibilityTimeout": _VISIBILITY_SECONDS}
    if dead_letters:
        answer = client.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])
        attributes["RedrivePolicy"] = json.dumps(
            {
                "deadLetterTargetArn": answer["Attributes"]["QueueArn"],
                "maxReceiveCount": _MAX_RECEIVES,
            }
        )
    url = client.create_queue(QueueName=_name(name), Attributes=attributes)["QueueUrl"]
    try:
        yield url
    finally:
        client.delete_queue(QueueUrl=url)


def _name(name: str) -> str:
    return f"{get_config().name_prefix}-{name}"


def _count(queue: str) -> int:
    answer = aws.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
