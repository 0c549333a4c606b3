"""However slow AWS is, a request is answered in time: it begins no call that would end too late."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.configuration import Configure
from tests.faults import silence, throttled
from tests.world import World
from tweeter import aws, deadline, wiring
from tweeter.deadline import handed_on, pause, seconds_left, within
from tweeter.errors import Unavailable

Wait = Callable[..., None]

CONNECT, READ = 0.05, 2.0
ENOUGH_FOR_ALL = 20.0
ENOUGH_FOR_TWO = 3.4
"""Seconds for one whole attempt and a shorter one: no third one can begin, which botocore would
make, and on the busiest machine there is time for the first."""


@pytest.fixture
def wait(set_config: Configure) -> Iterator[Wait]:
    """Return a function that sets how long clients and requests wait, in seconds."""

    def wait(*, read: float, request: float) -> None:
        set_config(
            connect_timeout_seconds=str(CONNECT),
            read_timeout_seconds=str(read),
            request_seconds=str(request),
        )
        aws.forget_clients()

    yield wait
    aws.forget_clients()


@pytest.fixture
def hurried(wait: Wait) -> None:
    """Requests that have time for two attempts, over all that they call."""
    wait(read=READ, request=ENOUGH_FOR_TWO)


def assert_unavailable(answer: Any) -> None:
    assert answer.status_code == 503, answer.content
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["errors"][0]["code"] == "unavailable"


def test_with_time_enough_a_call_is_tried_three_times(world: World, wait: Wait) -> None:
    wait(read=0.1, request=ENOUGH_FOR_ALL)
    with silence("dynamodb") as attempts:
        assert_unavailable(world.anonymous.get("/accounts/ann/"))
    assert attempts == ["GetItem"] * 3


@pytest.mark.usefixtures("hurried")
def test_no_attempt_begins_that_would_end_after_the_deadline(world: World) -> None:
    warm_up(world)
    with silence("dynamodb") as attempts:
        assert_unavailable(world.anonymous.get("/accounts/ann/"))
    assert set(attempts) == {"GetItem"}
    assert len(attempts) <= 2


def test_a_request_without_time_calls_nothing(world: World, wait: Wait) -> None:
    wait(read=READ, request=0.2)
    with silence("dynamodb") as attempts:
        assert_unavailable(world.anonymous.get("/accounts/ann/"))
    assert attempts == []


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(world: World, wait: Wait) -> None:
    """No read takes long, and all of them 20 seconds."""
    wait(read=READ, request=ENOUGH_FOR_TWO)
    warm_up(world)
    with silence("dynamodb", trickling=True) as attempts:
        assert_unavailable(world.anonymous.get("/accounts/ann/"))
    assert attempts == ["GetItem"]


def test_what_is_answered_byte_by_byte_before_a_picture_is_sent_is_not_waited_for(
    world: World, wait: Wait
) -> None:
    wait(read=READ, request=ENOUGH_FOR_ALL)
    warm_up(world)
    with (
        silence("s3", trickling=True) as attempts,
        within(ENOUGH_FOR_TWO),
        pytest.raises(Unavailable),
    ):
        wiring.picture_store().put("ann", b"a picture", "image/webp")
    assert attempts == ["PutObject"]


def test_a_queue_that_never_answers_does_not_hold_up_what_needs_none(
    world: World, wait: Wait
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    wait(read=READ, request=ENOUGH_FOR_ALL)
    with silence("sqs") as attempts:
        with within(ENOUGH_FOR_TWO):
            assert_unavailable(ann.client.post("/statuses/", {"text": "hello"}))
        assert set(attempts) == {"GetQueueUrl"}
        assert len(attempts) <= 2
        attempts.clear()
        assert bob.client.get("/feed/").status_code == 200
        assert bob.client.post("/statuses/", {"text": "to nobody"}).status_code == 201
        assert attempts == []
    assert ann.account()["statuses_count"] == 0


@pytest.mark.usefixtures("hurried")
def test_what_is_asked_in_threads_keeps_to_the_deadline_too(world: World) -> None:
    warm_up(world)
    with silence("dynamodb") as tables, silence("sqs") as queues:
        answer = world.anonymous.get("/health/")
    assert_unavailable(answer)
    assert "tables, fan-out queue, feed queue" in answer.json()["errors"][0]["detail"]
    assert 1 <= len(tables) <= 2
    assert 2 <= len(queues) <= 4


def warm_up(world: World) -> None:
    """Load what the first request would spend its time on."""
    assert world.anonymous.get("/health/").status_code == 200


def test_a_throttled_call_is_not_tried_again_when_the_wait_could_be_too_long(world: World) -> None:
    with throttled("GetItem", times=3) as attempts, within(2.2), pytest.raises(Unavailable):
        wiring.account_service().get("ann")  # after the first, up to 1 s; connecting takes 1 s
    assert attempts == ["GetItem"]


def test_a_wait_that_would_outlast_the_deadline_is_not_begun() -> None:
    with within(10), pytest.raises(Unavailable):
        pause(11)
    pause(0.001)


def test_of_two_deadlines_the_earlier_one_counts_and_is_gone_afterwards() -> None:
    with within(5):
        with within(50):
            assert seconds_left() <= 5
        with within(1):
            assert seconds_left() <= 1
        assert 1 < seconds_left() <= 5
    assert seconds_left() == float("inf")


def test_a_thread_has_the_deadline_only_when_it_is_handed_on() -> None:
    seen: dict[str, float] = {}

    def look(name: str) -> None:
        seen[name] = seconds_left()

    with within(5):
        threads = [
            threading.Thread(target=look, args=("alone",)),
            threading.Thread(target=handed_on(look), args=("handed on",)),
        ]
    for thread in threads:
        thread.start()
        thread.join()
    assert seen["alone"] == float("inf")
    assert seen["handed on"] <= 5
    assert deadline.seconds_left() == float("inf")
