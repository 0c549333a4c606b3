"""A queue that has too many calls says so in words of its own, which are no error of ours."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.world import World
from tweeter import aws


@pytest.mark.parametrize("code", ["RequestThrottled", "AWS.SimpleQueueService.RequestThrottled"])
def test_a_post_while_the_queue_throttles_is_unavailable_and_can_be_made_later(
    world: World, code: str
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)

    def throttle(**_: object) -> None:
        raise ClientError({"Error": {"Code": code}}, "SendMessageBatch")

    events = aws.client("sqs").meta.events
    events.register("before-call.sqs.SendMessageBatch", throttle)
    try:
        answer = ann.client.post("/statuses/", {"text": "hello"})
    finally:
        events.unregister("before-call.sqs.SendMessageBatch", throttle)
    assert answer.status_code == 503
    assert answer.data["errors"][0]["code"] == "unavailable"
    ann.post("hello")
    world.deliver()
    assert bob.feed() == ["hello"]
