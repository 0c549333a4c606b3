"""A queue that has too many calls says so in words of its own, which are no error of ours."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.faults import fault
from tests.world import World


@pytest.mark.parametrize("code", ["RequestThrottled", "AWS.SimpleQueueService.RequestThrottled"])
def test_a_post_while_the_queue_throttles_is_unavailable_and_can_be_made_later(
    world: World, code: str
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    error = ClientError({"Error": {"Code": code}}, "SendMessageBatch")
    with fault("sqs", lambda: error, operation="SendMessageBatch"):
        answer = ann.client.post("/statuses/", {"text": "hello"})
    assert answer.status_code == 503
    assert answer.data["errors"][0]["code"] == "unavailable"
    ann.post("hello")
    world.deliver()
    assert bob.feed() == ["hello"]
