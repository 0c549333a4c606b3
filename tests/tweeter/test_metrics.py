"""The metrics: lines that CloudWatch understands, and what is measured where."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults import cancelled, throttled
from tests.log_lines import recorded_lines
from tests.metric_lines import recorded_metrics
from tests.world import World
from tweeter import aws as aws_clients
from tweeter import metrics
from tweeter.config import get_config
from tweeter.metrics import NAMESPACE, Metric, MetricsBuffer

CLOUDWATCH_UNITS = {"Seconds", "Milliseconds", "Count"}


def written(buffer: MetricsBuffer) -> list[dict[str, Any]]:
    """Return the lines that a buffer writes at its next flush."""
    lines: list[str] = []
    buffer.write_to(lines.append, "dev")
    buffer.flush()
    return [json.loads(line) for line in lines]


def recording() -> MetricsBuffer:
    buffer = MetricsBuffer()
    buffer.write_to(lambda _: None, "dev")
    return buffer


def check_format(members: dict[str, Any]) -> None:
    """Check a line against the rules of the embedded metric format.

    Source: CloudWatch user guide, "Specification: Embedded metric format", the schema in it.
    """
    head = members["_aws"]
    assert set(head) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(head["Timestamp"], int)
    assert 10**12 < head["Timestamp"] < 10**13  # milliseconds since the epoch
    (directive,) = head["CloudWatchMetrics"]
    assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
    assert 1 <= len(directive["Namespace"]) <= 1024
    for names in directive["Dimensions"]:
        assert 1 <= len(names) <= 30
        for name in names:
            assert isinstance(members[name], str)
            assert 1 <= len(members[name]) <= 1024
    assert 1 <= len(directive["Metrics"]) <= 100
    for definition in directive["Metrics"]:
        assert set(definition) == {"Name", "Unit"}
        assert definition["Unit"] in CLOUDWATCH_UNITS
        values = members[definition["Name"]]
        assert 1 <= len(values) <= 100
        assert all(type(value) in {int, float} for value in values)


def test_a_line_has_the_embedded_metric_format() -> None:
    buffer = recording()
    for metric in Metric:
        buffer.add(metric, 1.5)
        buffer.add(metric, 2, queue="feed")
    lines = written(buffer)
    assert len(lines) == 2
    for line in lines:
        check_format(line)


def test_metrics_of_the_same_dimensions_share_a_line() -> None:
    buffer = recording()
    buffer.add(Metric.ENTRIES_WRITTEN, 25)
    buffer.add(Metric.ENTRIES_WRITTEN, 24)
    buffer.add(Metric.ENTRIES_REFUSED, 1)
    (line,) = written(buffer)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": NAMESPACE,
        "Dimensions": [["environment"]],
        "Metrics": [
            {"Name": "EntriesWritten", "Unit": "Count"},
            {"Name": "EntriesRefused", "Unit": "Count"},
        ],
    }
    assert line["EntriesWritten"] == [25, 24]
    assert line["EntriesRefused"] == [1]
    assert line["environment"] == "dev"


def test_other_dimensions_make_another_line() -> None:
    buffer = recording()
    buffer.add(Metric.QUEUE_AGE_SECONDS, 1, queue="feed")
    buffer.add(Metric.QUEUE_AGE_SECONDS, 2, queue="fan-out")
    ages = {line["queue"]: line["QueueAge"] for line in written(buffer)}
    assert ages == {"feed": [1], "fan-out": [2]}


@pytest.mark.parametrize(("count", "sizes"), [(100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_a_line_has_a_hundred_values_at_most(count: int, sizes: list[int]) -> None:
    buffer = recording()
    buffer.add(Metric.SERVER_ERRORS, 1)
    for value in range(count):
        buffer.add(Metric.CHUNK_DELAY_SECONDS, value)
    lines = written(buffer)
    for line in lines:
        check_format(line)
    assert [len(line["ChunkDelay"]) for line in lines] == sizes
    assert [value for line in lines for value in line["ChunkDelay"]] == list(range(count))
    assert sum("ServerErrors" in line for line in lines) == 1


def test_what_was_written_is_not_written_again() -> None:
    buffer = recording()
    buffer.add(Metric.SERVER_ERRORS, 1)
    assert len(written(buffer)) == 1
    assert written(buffer) == []


def test_what_is_added_while_nothing_is_written_is_dropped() -> None:
    buffer = MetricsBuffer()
    buffer.add(Metric.SERVER_ERRORS, 1)
    assert written(buffer) == []


def test_no_value_of_any_thread_is_lost() -> None:
    buffer = recording()

    def add_many(_: int) -> None:
        for _ in range(500):
            buffer.add(Metric.ENTRIES_WRITTEN, 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_many, range(8)))
    assert sum(value for line in written(buffer) for value in line["EntriesWritten"]) == 4_000


def test_lambda_gets_the_lines_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.configure(on_lambda=True, environment="dev")
    try:
        metrics.add(Metric.SERVER_ERRORS, 1)
        metrics.flush()
    finally:
        metrics.process.stop_writing()
    check_format(json.loads(capsys.readouterr().out))


def test_nothing_is_written_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.configure(on_lambda=False, environment="local")
    metrics.add(Metric.SERVER_ERRORS, 1)
    metrics.flush()
    assert capsys.readouterr().out == ""


def test_a_delivery_says_how_many_entries_it_wrote_and_how_late_its_chunks_were(
    world: World,
) -> None:
    author, *followers = world.people("ann", "bob", "cid", "dan")
    for follower in followers:
        follower.follow(author)
    with recorded_metrics() as recorded:
        author.post("hello")
        world.deliver()
    for line in recorded.lines:
        check_format(json.loads(line))
    assert recorded.values(Metric.ENTRIES_WRITTEN) == [3]
    assert recorded.values(Metric.ENTRIES_REFUSED) == [0]
    (delay,) = recorded.values(Metric.CHUNK_DELAY_SECONDS)
    assert delay > 0
    for queue in (get_config().fan_out_queue_name, get_config().feed_queue_name):
        assert recorded.values(Metric.QUEUE_AGE_SECONDS, queue=queue)


def test_what_the_feed_table_refuses_is_counted_and_so_is_the_message_that_goes_back(
    world: World,
) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("hello")
    with recorded_metrics() as recorded, throttled("BatchWriteItem", times=1, attempts=1):
        world.run_fan_out()
        world.run_feed_write()
    assert recorded.values(Metric.ENTRIES_REFUSED)[0] == 1
    assert recorded.values(Metric.ENTRIES_WRITTEN)[0] == 0
    assert recorded.values(Metric.MESSAGES_PUT_BACK) == [1]
    assert recorded.values(Metric.THROTTLED_CALLS) == [1]


def test_each_throttled_attempt_of_a_call_is_counted_and_named_in_the_log(aws: None) -> None:
    with (
        recorded_metrics() as recorded,
        recorded_lines() as lines,
        throttled("ListTables", times=1),
    ):
        assert aws_clients.client("dynamodb").list_tables()["TableNames"]
        metrics.flush()
    assert recorded.values(Metric.THROTTLED_CALLS) == [1]
    code = "ProvisionedThroughputExceededException"
    assert [line["message"] for line in lines] == [f"throttled call: dynamodb ListTables, {code}"]


@pytest.mark.parametrize(
    ("reason", "lines_of_it"),
    [("ProvisionedThroughputExceeded", 1), ("ThrottlingError", 1), ("TransactionConflict", 0)],
)
def test_a_transaction_that_is_cancelled_for_want_of_capacity_is_a_throttled_call(
    world: World, reason: str, lines_of_it: int
) -> None:
    ann = world.sign_up("ann")
    with recorded_metrics() as recorded, recorded_lines() as lines, cancelled(reason, attempt=1):
        assert ann.client.patch("/accounts/me/", {"name": "Anna"}).status_code == 200
        metrics.flush()
    line = f"throttled call: dynamodb TransactWriteItems, {reason}"
    assert [each["message"] for each in lines].count(line) == lines_of_it
    assert sum(recorded.values(Metric.THROTTLED_CALLS)) == lines_of_it


def test_a_message_that_is_not_ours_is_counted(world: World) -> None:
    world.feed_queue.send("hello")
    with recorded_metrics() as recorded:
        world.run_feed_write()
    assert recorded.values(Metric.MESSAGES_BURIED) == [1]


@pytest.mark.parametrize(
    ("path", "route"),
    [("/feed/", "feed"), ("/accounts/ann/", "other"), ("/nowhere/", "other")],
)
def test_only_what_people_wait_for_most_has_a_route_of_its_own(
    world: World, path: str, route: str
) -> None:
    ann = world.sign_up("ann")
    with recorded_metrics() as recorded:
        ann.client.get(path)
    (milliseconds,) = recorded.values(Metric.REQUEST_MILLISECONDS, route=route)
    assert milliseconds > 0
    assert recorded.values(Metric.SERVER_ERRORS) == []


def test_a_request_that_fails_on_our_side_is_counted(world: World) -> None:
    ann = world.sign_up("ann")
    with recorded_metrics() as recorded, throttled("Query", times=3):
        assert ann.client.get("/feed/").status_code == 503
    assert recorded.values(Metric.SERVER_ERRORS) == [1]
    assert recorded.values(Metric.THROTTLED_CALLS) == [1, 1, 1]
