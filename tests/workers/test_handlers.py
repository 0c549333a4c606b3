"""The Lambda handlers: what they report for good, bad and unlucky messages."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from feeds.messages import Poisonous, decode_fan_out
from tests.faults import FAULTS, answer_lost, counted, fault
from tests.log_lines import recorded_lines
from tests.world import World, later
from tweeter import metrics
from tweeter.deadline import out_of_time, seconds_left
from tweeter.errors import Unavailable
from tweeter.local.lambda_event import LambdaContext
from tweeter.metrics import Metric
from workers import fan_out, feed_write
from workers.records import process

STATUS_ID = "0006" + "0" * 28

POISON = {
    "not JSON": "hello",
    "not an object": "[1]",
    "deeply nested": "[" * 100_000,
    "no version": json.dumps({"status": STATUS_ID, "author": "ann"}),
    "another version": json.dumps({"version": 99, "status": STATUS_ID, "author": "ann"}),
    "no status id": json.dumps({"version": 1, "status": "../..", "author": "ann"}),
    "no author": json.dumps({"version": 1, "status": STATUS_ID, "author": 7}),
    "no numbers": json.dumps(
        {
            "version": 1,
            "status": STATUS_ID,
            "author": "ann",
            "queued_at": "now",
            "chunk": True,
            "size": -1,
            "owners": ["bob"],
            "behind": 0,
            "last": 1,
        }
    ),
    "an impossible time": json.dumps(
        {"version": 1, "status": STATUS_ID, "author": "ann", "queued_at": 10**30}
    ),
}


@dataclass(frozen=True)
class Note:
    """A message that consists of its text."""

    text: str
    request_id: str | None = "the-post"


def event_of(*bodies: str) -> dict[str, Any]:
    arn = "arn:aws:sqs:us-east-1:123456789012:tweeter-test-feed"
    return {
        "Records": [
            {"messageId": f"m{number}", "body": body, "eventSourceARN": arn}
            for number, body in enumerate(bodies)
        ]
    }


def context(seconds: float = 30) -> LambdaContext:
    return LambdaContext(function_name="tweeter", timeout_seconds=seconds)


class Returns:
    """Remembers what was put back and buried."""

    def __init__(self) -> None:
        self.back: list[tuple[str, float]] = []
        self.buried: list[str] = []

    def put_back(self, body: str, delay: float) -> None:
        self.back.append((body, delay))

    def bury(self, body: str, reason: str) -> None:
        self.buried.append(body)


@pytest.fixture
def measured() -> Iterator[list[str]]:
    """The lines of metrics, as on Lambda."""
    lines: list[str] = []
    metrics.process.write_to(lines.append, "test")
    yield lines
    metrics.process.stop_writing()


@pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
def test_a_message_that_is_not_ours_becomes_a_dead_letter_alone_and_at_once(
    world: World, body: str
) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("hello")
    world.fan_out_queue.send(body)
    world.deliver()
    assert [message["Body"] for message in world.fan_out_queue.dead_letters()] == [body]
    assert follower.feed() == ["hello"]
    assert world.fan_out_queue.size() == 0


@pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
def test_the_feed_queue_buries_what_is_not_ours_too(world: World, body: str) -> None:
    world.feed_queue.send(body)
    world.run_feed_write()
    (dead,) = world.feed_queue.dead_letters()
    assert dead["Body"] == body
    assert dead["MessageAttributes"]["reason"]["StringValue"]


def test_a_chunk_without_owners_is_poisonous(world: World) -> None:
    body = {"version": 1, "status": STATUS_ID, "author": "ann", "chunk": 0, "size": 0, "owners": []}
    world.feed_queue.send(json.dumps(body))
    world.run_feed_write()
    assert len(world.feed_queue.dead_letters()) == 1


def test_messages_for_statuses_and_accounts_that_are_gone_are_dropped(world: World) -> None:
    job = {"version": 1, "status": STATUS_ID, "author": "nobody", "queued_at": 0}
    chunk = {**job, "chunk": 0, "size": 1, "owners": ["bob"], "behind": 0, "last": 1}
    world.fan_out_queue.send(json.dumps(job))
    world.feed_queue.send(json.dumps(chunk))
    world.deliver()
    assert world.fan_out_queue.size() == world.feed_queue.size() == 0
    assert world.fan_out_queue.dead_letters() == world.feed_queue.dead_letters() == []


def test_a_message_is_put_back_while_the_invocation_still_has_time_for_that() -> None:
    """A call that is stuck ends before Lambda ends all of them by force."""
    left: list[float] = []

    class Stuck(Returns):
        def put_back(self, body: str, delay: float) -> None:
            left.append(seconds_left())

    def run(message: Note, seconds_left_at_start: float) -> None:
        left.append(seconds_left())
        raise out_of_time()

    process(event_of("a"), context(20), decode=Note, run=run, returns=Stuck())
    for_the_work, for_putting_back = left
    assert for_the_work < 18
    assert for_the_work + 2 < for_putting_back < 20


def test_a_message_whose_store_is_away_is_put_back_and_not_reported() -> None:
    returns = Returns()

    def run(message: Note, seconds_left: float) -> None:
        raise Unavailable("away")

    answer = process(event_of("a"), context(), decode=Note, run=run, returns=returns)
    assert answer == {"batchItemFailures": []}
    assert returns.back[0][0] == "a"
    assert returns.back[0][1] > 0


def test_only_the_message_that_fails_unexpectedly_is_reported() -> None:
    def run(message: Note, seconds_left: float) -> None:
        if message.text == "b":
            raise ZeroDivisionError

    answer = process(event_of("a", "b", "c"), context(), decode=Note, run=run, returns=Returns())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_records_for_which_no_time_is_left_go_back_in_line() -> None:
    returns = Returns()

    def run(message: Note, seconds_left: float) -> None:
        pytest.fail("there is no time for this")

    answer = process(event_of("a", "b"), context(1), decode=Note, run=run, returns=returns)
    assert answer == {"batchItemFailures": []}
    assert returns.back == [("a", 0), ("b", 0)]


def test_a_message_that_can_not_even_be_put_back_is_reported() -> None:
    class Away(Returns):
        def put_back(self, body: str, delay: float) -> None:
            raise Unavailable("away")

    def run(message: Note, seconds_left: float) -> None:
        raise Unavailable("away")

    answer = process(event_of("a"), context(), decode=Note, run=run, returns=Away())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_the_lines_about_a_message_name_its_request_its_queue_and_the_invocation() -> None:
    def run(message: Note, seconds_left: float) -> None:
        logging.getLogger("tests").warning("about %s", message.text)

    invocation = context()
    with recorded_lines() as lines:
        process(event_of("a", "b"), invocation, decode=Note, run=run, returns=Returns())
    assert [line["message_id"] for line in lines] == ["m0", "m0", "m1", "m1"]
    for line in lines:
        assert line["request_id"] == "the-post"
        assert line["queue"] == "tweeter-test-feed"
        assert line["function_request_id"] == invocation.aws_request_id
    assert lines[1]["message"].startswith("ran a Note in ")


def test_a_failure_is_logged_under_its_request_and_the_next_message_is_not() -> None:
    def decode(body: str) -> Note:
        if body == "poison":
            raise Poisonous(body)
        return Note(body)

    def run(message: Note, seconds_left: float) -> None:
        raise ZeroDivisionError

    event = event_of("a", "poison")
    with recorded_lines() as lines:
        process(event, context(), decode=decode, run=run, returns=Returns())
    found = [(line["message_id"], line.get("request_id")) for line in lines]
    assert found == [("m0", "the-post"), ("m1", None)]
    assert lines[0]["exception_name"] == "ZeroDivisionError"


def test_the_age_of_the_oldest_message_is_measured_once(measured: list[str]) -> None:
    def run(message: Note, seconds_left: float) -> None:
        pass

    event = event_of("a", "b", "c")
    for record, age in zip(event["Records"], (0, 1_000), strict=False):  # the third has none
        record["attributes"] = {"SentTimestamp": str(int((time.time() - age) * 1000))}
    process(event, context(), decode=Note, run=run, returns=Returns())
    (line,) = (json.loads(line) for line in measured)
    assert line["queue"] == "tweeter-test-feed"
    (age,) = line[Metric.QUEUE_AGE_SECONDS]
    assert age >= 1_000


def test_handlers_take_exactly_an_event_and_a_context(world: World) -> None:
    assert fan_out.handler({"Records": []}, context()) == {"batchItemFailures": []}
    assert feed_write.handler({"Records": []}, context()) == {"batchItemFailures": []}


def test_a_status_is_delivered_when_tables_that_were_away_are_back(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("hello")
    (job,) = world.fan_out_queue.receive()
    returns = Returns()
    with fault("dynamodb", FAULTS["away"]):
        process(
            event_of(job["Body"]),
            context(),
            decode=decode_fan_out,
            run=fan_out.run,
            returns=returns,
        )
    assert follower.feed() == []
    for body, _ in returns.back:
        world.fan_out_queue.send(body)
    world.deliver()
    assert follower.feed() == ["hello"]


def test_a_chunk_that_was_counted_without_an_answer_is_not_written_whole_again(
    world: World,
) -> None:
    author, *followers = world.people("ann", "bob", "cid", "dan")
    for follower in followers:
        follower.follow(author)
    status = author.post("hello")
    world.run_fan_out()
    with counted("BatchWriteItem") as writes:
        with answer_lost("dynamodb", "UpdateItem"):
            world.run_feed_write()
        with later(timedelta(seconds=10)):
            world.run_feed_write()
    assert [_puts(write) for write in writes] == [3, 1]
    assert author.delivery(status)["delivered"] == 3
    assert [follower.feed() for follower in followers] == 3 * [["hello"]]


def _puts(write: Any) -> int:
    requests = json.loads(write["params"]["body"])["RequestItems"]
    return sum(map(len, requests.values()))
