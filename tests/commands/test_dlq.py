"""`dlq`: dead letters are shown without harm, and sent back without loss."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO
from itertools import cycle
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feeds.dead_letter_queue import SqsDeadLetterQueue
from feeds.dead_letters import DeadLetter, look_into, redrive
from feeds.messages import decode_chunk
from feeds.queues import SqsQueue, dead_letter_name
from tests.world import LocalQueue, World
from tweeter import aws as aws_clients
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.errors import Unavailable

SOUND = (
    '{"version":1,"status":"00000000000000000000000000000000","author":"ann",'
    '"chunk":0,"size":1,"owners":["bob"]}'
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CrashesBeforeDelete(SqsDeadLetterQueue):
    """Sends a letter back, and is gone before it deletes it."""

    def delete(self, letter: DeadLetter) -> None:
        message = "gone"
        raise Unavailable(message)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("dlq", *arguments, stdout=out)
    return out.getvalue()


def bury(body: str, reason: str | None = None) -> None:
    name = get_config().feed_queue_name
    if reason:
        SqsQueue(name).bury(body, reason)
    else:
        LocalQueue(dead_letter_name(name)).send(body)


def dead_bodies(world: World) -> list[str]:
    return [message["Body"] for message in world.feed_queue.dead_letters()]


def test_showing_tells_what_there_is_and_removes_nothing(world: World) -> None:
    bury(SOUND)
    bury("rubbish\n" + "x" * 1_000, "not JSON")
    shown = run("show")
    assert "fan-out: no dead letters" in shown
    assert "feed: 2 dead letters" in shown
    assert "reason: not JSON" in shown
    assert max(len(line) for line in shown.splitlines()) < 200
    assert len(dead_bodies(world)) == 2


def test_showing_ends_at_its_limit(world: World) -> None:
    for _ in range(13):
        bury(SOUND)
    assert "feed: 12 dead letters, perhaps more" in run("show", "--queue", "feed", "--limit", "12")
    assert len(look_into(SqsDeadLetterQueue(get_config().feed_queue_name), 100)) == 13


def test_sent_back_letters_are_in_their_queue_and_no_longer_dead(world: World) -> None:
    for _ in range(12):
        bury(SOUND)
    assert "feed: 12 sent back, 0 kept" in run("redrive")
    assert world.feed_queue.size() == 12
    assert dead_bodies(world) == []


def test_a_poisonous_letter_stays_unless_forced(world: World) -> None:
    bury("rubbish", "not JSON")
    kept = run("redrive", "--queue", "feed")
    assert "feed: 0 sent back, 1 kept" in kept
    assert "not JSON" in kept
    assert world.feed_queue.size() == 0
    assert "feed: 1 sent back, 0 kept" in run("redrive", "--queue", "feed", "--force")
    assert dead_bodies(world) == []


class SlowLetters:
    """Dead letters in memory, one at a time, as if each were in sight again by the next receive:
    it may then be the same one."""

    def __init__(self, *bodies: str) -> None:
        self.left = deque(
            DeadLetter(id=str(n), handle="", body=body, sent_at=EPOCH, receives=1, reason=None)
            for n, body in enumerate(bodies)
        )
        self.sent: list[str] = []
        self._turns = cycle([0, 0, -1])

    def receive(self, limit: int) -> Sequence[DeadLetter]:
        self.left.rotate(next(self._turns))
        return [self.left[0]]

    def put_back(self, letters: Iterable[DeadLetter]) -> None:
        assert {*letters} == {*self.left}

    def send_to_source(self, letter: DeadLetter) -> None:
        self.sent.append(letter.body)

    def delete(self, letter: DeadLetter) -> None:
        self.left.remove(letter)


def test_letters_that_stay_keep_none_from_being_sent_however_long_that_takes() -> None:
    letters = SlowLetters("rubbish", SOUND, "more rubbish", SOUND, "rubbish", SOUND)
    result = redrive(letters, decode_chunk, force=False, clock=system_clock)
    assert (result.sent, len(result.kept)) == (3, 3)
    assert letters.sent == 3 * [SOUND]


def test_only_the_named_queue_is_touched(world: World) -> None:
    bury(SOUND)
    assert run("redrive", "--queue", "fan-out") == "fan-out: 0 sent back, 0 kept\n"
    assert dead_bodies(world) == [SOUND]


def test_a_crash_loses_no_letter(world: World) -> None:
    bury(SOUND)
    crashing = CrashesBeforeDelete(get_config().feed_queue_name)
    with pytest.raises(Unavailable):
        redrive(crashing, decode_chunk, force=False, clock=system_clock)
    assert world.feed_queue.size() == 1
    assert LocalQueue(dead_letter_name(get_config().feed_queue_name)).size() == 1


def test_letters_that_die_while_others_are_sent_back_stay(world: World) -> None:
    bury(SOUND)
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    letters = SqsDeadLetterQueue(get_config().feed_queue_name)
    result = redrive(letters, decode_chunk, force=True, clock=lambda: begun)
    assert (result.sent, len(result.kept)) == (0, 1)
    assert dead_bodies(world) == [SOUND]


def test_what_a_worker_buried_is_delivered_after_it_was_sent_back(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ann.post("hello")
    world.run_fan_out()
    chunk: dict[str, Any] = world.feed_queue.receive()[0]
    bury(chunk["Body"], "by mistake")
    aws_clients.client("sqs").delete_message(
        QueueUrl=world.feed_queue.url, ReceiptHandle=chunk["ReceiptHandle"]
    )
    run("redrive")
    world.deliver()
    assert bob.feed() == ["hello"]


def test_a_missing_queue_is_named_with_what_would_make_it(aws: None) -> None:
    sqs = aws_clients.client("sqs")
    name = dead_letter_name(get_config().feed_queue_name)
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    with pytest.raises(CommandError, match="provision"):
        run("show", "--queue", "feed")


def test_a_limit_of_nothing_is_refused(aws: None) -> None:
    with pytest.raises(CommandError, match="--limit"):
        run("show", "--limit", "0")
