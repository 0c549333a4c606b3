"""The local event source mapping keeps Lambda's contract with SQS."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.local.fake_sqs import ARN, PATIENCE_SECONDS, FakeSqs
from tweeter.local.event_source import EventSourceMapping, Handler, MappingSettings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs() -> FakeSqs:
    """Return an empty queue."""
    return FakeSqs()


@contextmanager
def polling(sqs: FakeSqs, handler: Handler, **settings: Any) -> Iterator[EventSourceMapping]:
    """Run a mapping; at the end it has drained."""
    mapping = EventSourceMapping(
        sqs=cast("SQSClient", sqs),
        queue_name="letters",
        handler=handler,
        settings=MappingSettings(
            **({"maximum_concurrency": 1, "longest_pause_seconds": 0.01} | settings)
        ),
    )
    mapping.start()
    try:
        yield mapping
    finally:
        assert mapping.stop(PATIENCE_SECONDS)


def deliver(sqs: FakeSqs, handler: Handler, *message_ids: str, **settings: Any) -> None:
    """Have one batch handled, from its reception to its deletion or failure."""
    sqs.send(*message_ids)
    called = threading.Event()

    def handle(event: dict[str, Any], context: Any) -> object:
        called.set()
        return handler(event, context)

    with polling(sqs, handle, **settings):
        assert called.wait(PATIENCE_SECONDS)


def answering(response: object) -> Handler:
    """Return a handler that always answers the same."""
    return lambda _event, _context: response


@pytest.mark.parametrize(
    "response",
    [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}],
    ids=str,
)
def test_an_answer_without_failures_deletes_the_batch(sqs: FakeSqs, response: object) -> None:
    deliver(sqs, answering(response), "a", "b")
    assert sqs.deleted == ["a", "b"]


def test_reported_messages_are_left_to_their_visibility_timeout(sqs: FakeSqs) -> None:
    response = {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}
    deliver(sqs, answering(response), "a", "b", "c")
    assert sqs.deleted == ["a", "c"]
    assert list(sqs.in_flight.values()) == ["b"]


@pytest.mark.parametrize(
    "response",
    [
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": "of another batch"}]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": 1}]},
        {"batchItemFailures": [{"messageId": "a"}]},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": "a"},
        {"batch_item_failures": []},
        [],
        "done",
        False,
        {"batchItemFailures": {"a"}},
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_understood_fails_the_batch(
    sqs: FakeSqs, response: object
) -> None:
    deliver(sqs, answering(response), "a", "b")
    assert sqs.deleted == []
    assert list(sqs.in_flight.values()) == ["a", "b"]


def test_an_exception_fails_its_batch_and_the_next_one_is_handled(sqs: FakeSqs) -> None:
    def handle(event: dict[str, Any], _context: Any) -> None:
        if event["Records"][0]["body"] == "bad":
            raise RuntimeError

    sqs.send("bad", "good")
    with polling(sqs, handle, batch_size=1):
        sqs.wait_until(lambda: sqs.deleted == ["good"])
    assert list(sqs.in_flight.values()) == ["bad"]


def test_a_handler_that_overran_its_timeout_fails_the_batch(sqs: FakeSqs) -> None:
    deliver(sqs, answering(None), "a", timeout_seconds=0.0)
    assert list(sqs.in_flight.values()) == ["a"]


def test_the_event_is_spelt_as_lambda_spells_it(sqs: FakeSqs) -> None:
    attributes = {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": "1700000000000",
        "SenderId": "000000000000",
        "ApproximateFirstReceiveTimestamp": "1700000000001",
    }
    sqs.send(
        "a",
        Attributes=attributes,
        MessageAttributes={
            "text": {"DataType": "String", "StringValue": "x"},
            "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
        MD5OfMessageAttributes="1" * 32,
    )
    events: list[dict[str, Any]] = []
    with polling(sqs, lambda event, _context: events.append(event)):
        sqs.wait_until(lambda: sqs.deleted == ["a"])
    empty_lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert events == [
        {
            "Records": [
                {
                    "messageId": "a",
                    "receiptHandle": "receipt of a",
                    "body": "a",
                    "attributes": attributes,
                    "messageAttributes": {
                        "text": empty_lists | {"dataType": "String", "stringValue": "x"},
                        "bytes": empty_lists | {"dataType": "Binary", "binaryValue": "AP8="},
                    },
                    "md5OfBody": "0" * 32,
                    "md5OfMessageAttributes": "1" * 32,
                    "eventSource": "aws:sqs",
                    "eventSourceARN": ARN,
                    "awsRegion": "eu-west-1",
                }
            ]
        }
    ]


def test_the_context_tells_the_function_and_its_remaining_time(sqs: FakeSqs) -> None:
    contexts: list[Any] = []
    deliver(
        sqs,
        lambda _event, context: contexts.append(context),
        "a",
        function_name="postman",
        timeout_seconds=100,
    )
    context = contexts[0]
    assert context.function_name == "postman"
    assert 0 < context.get_remaining_time_in_millis() <= 100_000
    assert context.aws_request_id
    assert context.memory_limit_in_mb == "512"


def test_a_batch_holds_no_more_than_its_size(sqs: FakeSqs) -> None:
    sizes: list[int] = []
    sqs.send(*map(str, range(7)))
    with polling(sqs, lambda event, _context: sizes.append(len(event["Records"])), batch_size=3):
        sqs.wait_until(lambda: len(sqs.deleted) == 7)
    assert sizes == [3, 3, 1]


def test_the_concurrency_limit_is_reached_and_never_exceeded(sqs: FakeSqs) -> None:
    limit = 3
    all_busy = threading.Barrier(limit, timeout=PATIENCE_SECONDS)
    lock = threading.Lock()
    running: list[int] = [0]
    peaks: list[int] = []

    def handle(_event: dict[str, Any], _context: Any) -> None:
        with lock:
            running[0] += 1
            peaks.append(running[0])
        all_busy.wait()
        with lock:
            running[0] -= 1

    sqs.send(*map(str, range(4 * limit)))
    with polling(sqs, handle, batch_size=1, maximum_concurrency=limit):
        sqs.wait_until(lambda: len(sqs.deleted) == 4 * limit)
    assert max(peaks) == limit


def test_stop_lets_a_handler_finish_and_receives_nothing_more(sqs: FakeSqs) -> None:
    started, release = threading.Event(), threading.Event()

    def handle(_event: dict[str, Any], _context: Any) -> None:
        started.set()
        release.wait(PATIENCE_SECONDS)

    sqs.send("first", "second")
    with polling(sqs, handle, batch_size=1) as mapping:
        assert started.wait(PATIENCE_SECONDS)
        mapping.request_stop()
        release.set()
        assert mapping.stop(PATIENCE_SECONDS)
    assert sqs.deleted == ["first"]
    assert [message["MessageId"] for message in sqs.visible] == ["second"]


def test_stop_does_not_wait_beyond_its_grace_time(sqs: FakeSqs) -> None:
    started, release = threading.Event(), threading.Event()

    def handle(_event: dict[str, Any], _context: Any) -> None:
        started.set()
        release.wait(PATIENCE_SECONDS)

    sqs.send("a")
    with polling(sqs, handle) as mapping:
        assert started.wait(PATIENCE_SECONDS)
        assert not mapping.stop(grace_seconds=0)
        release.set()


def test_an_outage_of_sqs_is_survived_and_logged_once(
    sqs: FakeSqs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    missing = {"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue", "Message": "gone"}}
    sqs.errors.extend(
        [
            EndpointConnectionError(endpoint_url="memory:"),
            ClientError(cast("Any", missing), "ReceiveMessage"),
            EndpointConnectionError(endpoint_url="memory:"),
        ]
    )
    sqs.send("a")
    with polling(sqs, answering(None)):
        sqs.wait_until(lambda: sqs.deleted == ["a"])
    messages = [record.message for record in caplog.records]
    assert len([message for message in messages if "cannot be polled" in message]) == 1
    assert "letters is polled again" in messages


def test_a_failed_deletion_is_logged_and_polling_goes_on(
    sqs: FakeSqs, caplog: pytest.LogCaptureFixture
) -> None:
    sqs.delete_errors.append(EndpointConnectionError(endpoint_url="memory:"))
    sqs.undeletable.add("b")
    sqs.send("a", "b", "c")
    with polling(sqs, answering(None), batch_size=1):
        sqs.wait_until(lambda: sqs.deleted == ["c"])
    assert list(sqs.in_flight.values()) == ["a", "b"]
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 2
    assert all("will come back" in message for message in warnings)


@pytest.mark.parametrize(
    "settings", [{"batch_size": 0}, {"batch_size": 11}, {"maximum_concurrency": 0}], ids=str
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        MappingSettings(**cast("Any", settings))
