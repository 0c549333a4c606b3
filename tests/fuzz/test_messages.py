"""Whatever lies on a queue: it is understood to the letter, or buried alone with a reason."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.entities import AccountId
from feeds.entities import Chunk, FanOutJob, TakeTurns
from feeds.messages import Poisonous, decode_chunk, decode_fan_out, encode
from tests.fuzz.effort import effort
from tests.fuzz.mutations import damaged_text
from tests.world import World
from tweeter.local.lambda_event import LambdaContext, sqs_event
from workers import fan_out, feed_write

# What SQS lets through: the characters of XML 1.0 (SQS API reference, SendMessage).
SQS_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r")
)
ANN, BOB = AccountId("ann"), AccountId("bob")
STATUS_ID = "0006" + "0" * 28
FIELDS = [
    "version",
    "kind",
    "status",
    "author",
    "queued_at",
    "chunk",
    "size",
    "owners",
    "behind",
    "last",
    "request",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | SQS_TEXT
    # What Python can hold, and a store or a clock can't.
    | st.sampled_from([10**40, -1, 2**63, "\ud800", "x" * 31, "\0", "ann", STATUS_ID, [], {}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SQS_TEXT, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def altered(draw: st.DrawFn, original: str) -> str:
    """Return a message with one to three fields changed or gone."""
    fields: dict[str, Any] = json.loads(original)
    for name in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3)):
        if draw(st.booleans()):
            fields.pop(name, None)
        else:
            fields[name] = draw(VALUES | st.lists(VALUES, max_size=2))
    return json.dumps(fields)


def bodies(status_id: str = STATUS_ID) -> st.SearchStrategy[str]:
    """Return noise, other JSON, and messages about a status that are right or nearly right."""
    job = encode(FanOutJob(status_id, ANN, datetime(2026, 1, 1, tzinfo=UTC), "some-request"))
    chunk = encode(Chunk(status_id, ANN, 3, 2, (BOB, ANN), "some-request"))
    originals = st.sampled_from([job, chunk, encode(TakeTurns())])
    return st.one_of(
        SQS_TEXT,
        VALUES.map(json.dumps),
        originals.flatmap(altered),
        originals.flatmap(damaged_text),
        st.sampled_from(["[" * 100_000, '{"version":' + "9" * 5_000 + "}", "NaN", '"', "{}"]),
    ).filter(bool)


@effort(500)
@given(bodies())
@pytest.mark.parametrize("decode", [decode_fan_out, decode_chunk])
def test_a_message_is_poison_or_means_the_same_when_it_is_sent_on(decode: Any, body: str) -> None:
    with suppress(Poisonous):
        message = decode(body)
        again = encode(message)
        assert decode(again) == message
        assert encode(decode(again)) == again
        again.encode()  # as SQS takes it


@pytest.fixture
def status_id(world: World) -> str:
    """A status that is to be delivered."""
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    return str(ann.post("hello")["id"])


@effort(150)
@given(st.data())
@pytest.mark.parametrize("worker", [fan_out, feed_write])
def test_no_body_fails_a_worker(status_id: str, worker: Any, data: st.DataObject) -> None:
    body = data.draw(bodies(status_id))
    message: Any = {"MessageId": "1", "ReceiptHandle": "x", "Body": body, "MD5OfBody": ""}
    event = sqs_event([message], "arn:aws:sqs:us-east-1:123456789012:any")
    context = LambdaContext(function_name="tweeter", timeout_seconds=30)
    assert worker.handler(event, context) == {"batchItemFailures": []}


@pytest.mark.parametrize("worker", [fan_out, feed_write])
def test_a_large_body_is_buried_too(world: World, worker: Any) -> None:
    queue = world.fan_out_queue if worker is fan_out else world.feed_queue
    queue.send(json.dumps({"version": "x" * 200_000}))
    queue.drain(worker.handler)
    (letter,) = queue.dead_letters()
    assert len(letter["MessageAttributes"]["reason"]["StringValue"]) < 200
