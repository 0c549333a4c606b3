"""`triggers`: both event sources are switched together, and nothing else about them changes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.deployment.mappings import queue_arn
from tweeter.errors import Unavailable
from tweeter.provisioning.queues import queue_names
from tweeter.triggers import Triggers, remember


def run(action: str) -> list[str]:
    out = StringIO()
    call_command("triggers", action, stdout=out)
    return out.getvalue().splitlines()


def make_function() -> None:
    assumed = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = aws_clients.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=assumed)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handler.py", "")
    aws_clients.client("lambda").create_function(
        FunctionName=get_config().function_name,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": package.getvalue()},
    )


@pytest.fixture
def mappings(aws: None) -> list[str]:
    """The ids of both mappings, at rest, as a deployment has made and noted them."""
    make_function()
    made = []
    for queue in queue_names():
        arn = queue_arn(queue)
        assert arn
        mapping = aws_clients.client("lambda").create_event_source_mapping(
            FunctionName=get_config().function_name,
            EventSourceArn=arn,
            BatchSize=7,
            Enabled=False,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 2},
        )
        remember(arn, mapping["UUID"])
        made.append(mapping["UUID"])
    return made


def mapping(uuid: str) -> dict[str, Any]:
    return dict(aws_clients.client("lambda").get_event_source_mapping(UUID=uuid))


@contextmanager
def states_seen(*states: str) -> Iterator[None]:
    """Have Lambda tell these states first, as real ones take a while to change."""
    left = list(states)

    def change(parsed: dict[str, Any], **_: object) -> None:
        if left:
            parsed["State"] = left.pop(0)

    events = aws_clients.client("lambda").meta.events
    events.register("after-call.lambda.GetEventSourceMapping", change)
    try:
        yield
    finally:
        events.unregister("after-call.lambda.GetEventSourceMapping", change)


def test_the_state_of_each_queue_is_shown(mappings: list[str]) -> None:
    aws_clients.client("lambda").update_event_source_mapping(UUID=mappings[1], Enabled=True)
    assert [line.split() for line in run("status")] == [
        [get_config().fan_out_queue_name, "disabled"],
        [get_config().feed_queue_name, "enabled"],
    ]


@pytest.mark.parametrize(("action", "state"), [("on", "Enabled"), ("off", "Disabled")])
def test_both_are_switched_whatever_they_were(mappings: list[str], action: str, state: str) -> None:
    aws_clients.client("lambda").update_event_source_mapping(UUID=mappings[0], Enabled=True)
    lines = run(action)
    assert [line.split()[-1] for line in lines] == [state.lower()] * 2
    assert [mapping(uuid)["State"] for uuid in mappings] == [state] * 2


def test_switching_leaves_everything_else_as_it_was(mappings: list[str]) -> None:
    run("on")
    for uuid in mappings:
        after = mapping(uuid)
        assert after["BatchSize"] == 7
        assert after["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert after["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_it_waits_until_lambda_has_done_it(mappings: list[str]) -> None:
    waits: list[float] = []
    with states_seen("Disabled", "Disabled", "Enabling", "Enabled", "Enabled", "Enabling"):
        switched = Triggers(sleep=waits.append).switch(on=True)
    assert [trigger.state for trigger in switched] == ["Enabled", "Enabled"]
    assert len(waits) == 2


def test_waiting_has_an_end(mappings: list[str]) -> None:
    with (
        states_seen(*["Enabling"] * 1_000),
        pytest.raises(Unavailable, match="not enabled yet"),
    ):
        Triggers(sleep=lambda seconds: None).switch(on=True)


@pytest.mark.parametrize("action", ["on", "off", "status"])
def test_before_a_deployment_it_says_what_is_missing(aws: None, action: str) -> None:
    with pytest.raises(CommandError, match="Nothing is connected to tweeter-test-fan-out yet; "):
        run(action)


def test_after_the_function_was_taken_away_it_says_so_too(mappings: list[str]) -> None:
    aws_clients.client("lambda").delete_event_source_mapping(UUID=mappings[1])
    with pytest.raises(CommandError, match=r"tweeter-test-feed yet; `zappa deploy` does that"):
        run("status")


def test_nothing_is_switched_when_only_one_of_them_is_there(mappings: list[str]) -> None:
    aws_clients.client("lambda").delete_event_source_mapping(UUID=mappings[1])
    with pytest.raises(CommandError, match="Nothing is connected"):
        run("on")
    assert mapping(mappings[0])["State"] == "Disabled"


def test_without_queues_there_is_nothing_to_switch(aws: None) -> None:
    sqs = aws_clients.client("sqs")
    url = sqs.get_queue_url(QueueName=get_config().fan_out_queue_name)["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(CommandError, match="Nothing is connected to tweeter-test-fan-out"):
        run("status")
