"""Provisioning sets queues right that are there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError

from tests.configuration import Configure
from tests.faults import fault, handling
from tests.tweeter.provisioned import (
    line_of,
    lines_of,
    queue_attributes,
    refusal,
)
from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.queues import provision_queues, queue_names


def set_by_hand(name: str, **attributes: str) -> None:
    client = aws.client("sqs")
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]


def test_a_longer_timeout_of_the_function_makes_messages_invisible_longer(
    empty_aws: None, set_config: Configure
) -> None:
    lines_of("provision")
    set_config(function_timeout_seconds="60")
    lines = lines_of("provision")
    assert line_of("feed", lines) == "visibility timeout in seconds 180 -> 360"
    assert line_of("feed-dead", lines) == "is there"
    assert queue_attributes(get_config().feed_queue_name)["VisibilityTimeout"] == "360"
    assert line_of("feed", lines_of("provision")) == "is there"


def test_all_that_differs_is_set_and_said(empty_aws: None) -> None:
    lines_of("provision")
    name = get_config().feed_queue_name
    set_by_hand(f"{name}-dead", MessageRetentionPeriod="60", SqsManagedSseEnabled="false")
    set_by_hand(name, RedrivePolicy="")
    lines = lines_of("provision")
    assert line_of("feed-dead", lines) == (
        "retention in seconds 60 -> 1209600, encryption by SQS false -> true"
    )
    assert line_of("feed", lines) == "redrive policy set"
    assert line_of("feed", lines_of("provision")) == "is there"


@pytest.mark.parametrize("kind", ["fan-out", "feed"])
def test_queues_are_encrypted_and_dead_letters_come_from_their_own_queue_only(
    empty_aws: None, kind: str
) -> None:
    lines_of("provision")
    name = get_config().name_prefix + "-" + kind
    source, dead = queue_attributes(name), queue_attributes(f"{name}-dead")
    assert source["SqsManagedSseEnabled"] == dead["SqsManagedSseEnabled"] == "true"
    allowed = json.loads(dead["RedriveAllowPolicy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [source["QueueArn"]]}
    assert json.loads(source["RedrivePolicy"])["deadLetterTargetArn"] == dead["QueueArn"]


def test_a_queue_deleted_just_now_is_to_be_waited_for(empty_aws: None) -> None:
    with (
        fault("sqs", lambda: refusal("sqs", "QueueDeletedRecently"), operation="CreateQueue"),
        pytest.raises(CommandError, match="less than a minute ago") as caught,
    ):
        lines_of("provision")
    assert queue_names()[0] in str(caught.value)


def test_queues_that_sqs_does_not_know_at_once_after_their_creation_are_waited_for(
    empty_aws: None,
) -> None:
    unknown: dict[str, int] = {}

    def forget(model: Any, params: Any, **_: object) -> None:
        asked = json.loads(params["body"])
        name = asked.get("QueueName") or asked["QueueUrl"].rpartition("/")[2]
        if model.name == "CreateQueue":
            unknown[name] = 2
        elif unknown.get(name):
            unknown[name] -= 1
            raise refusal("sqs", "QueueDoesNotExist")

    lines: list[str] = []
    pauses: list[float] = []
    with handling("sqs", "before-call.sqs", forget):
        provision_queues(lines.append, pauses.append)
    assert set(unknown.values()) == {0}
    assert [line.rpartition(": ")[2] for line in lines] == ["created"] * 4
    assert len(pauses) == 8
    provision_queues(lines.append)
    assert [line.rpartition(": ")[2] for line in lines[4:]] == ["is there"] * 4
