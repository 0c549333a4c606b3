"""`triggers`: whether Lambda takes messages from the queues."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from botocore.stub import Stubber
from django.core.management import CommandError, call_command

from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.errors import Unavailable
from tweeter.triggers import Triggers, remember

FAN_OUT = "11111111-1111-1111-1111-111111111111"
FEED = "22222222-2222-2222-2222-222222222222"


def said(action: str) -> str:
    out = StringIO()
    call_command("triggers", action, stdout=out)
    return out.getvalue()


@pytest.fixture
def functions(aws: None) -> Iterator[Stubber]:
    """The answers of Lambda, with both queues mapped."""
    remember(f"arn:aws:sqs:us-east-1:123456789012:{get_config().fan_out_queue_name}", FAN_OUT)
    remember(f"arn:aws:sqs:us-east-1:123456789012:{get_config().feed_queue_name}", FEED)
    with Stubber(aws_clients.client("lambda")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect_look(functions: Stubber, state: str) -> None:
    for mapping in (FAN_OUT, FEED):
        functions.add_response("get_event_source_mapping", {"State": state}, {"UUID": mapping})


def test_status_changes_nothing(functions: Stubber) -> None:
    expect_look(functions, "Enabled")
    assert [line.split() for line in said("status").splitlines()] == [
        [get_config().fan_out_queue_name, "enabled"],
        [get_config().feed_queue_name, "enabled"],
    ]


@pytest.mark.parametrize(("action", "enabled"), [("on", True), ("off", False)])
def test_both_are_switched_and_waited_for(functions: Stubber, action: str, enabled: Any) -> None:
    expect_look(functions, "Disabled" if enabled else "Enabled")
    for mapping in (FAN_OUT, FEED):
        expected = {"UUID": mapping, "Enabled": enabled}
        functions.add_response("update_event_source_mapping", {}, expected)
    expect_look(functions, "Enabled" if enabled else "Disabled")
    assert said(action).count("enabled" if enabled else "disabled") == 2


def expect_look_without_fan_out(functions: Stubber, state: str) -> None:
    functions.add_client_error(
        "get_event_source_mapping", "ResourceNotFoundException", http_status_code=404
    )
    functions.add_response("get_event_source_mapping", {"State": state}, {"UUID": FEED})


def test_nothing_is_switched_on_when_one_of_them_is_gone(functions: Stubber) -> None:
    expect_look_without_fan_out(functions, "Disabled")
    with pytest.raises(CommandError, match=get_config().fan_out_queue_name):
        said("on")


def test_one_is_switched_off_though_the_other_is_gone(functions: Stubber) -> None:
    expect_look_without_fan_out(functions, "Enabled")
    expected = {"UUID": FEED, "Enabled": False}
    functions.add_response("update_event_source_mapping", {}, expected)
    expect_look_without_fan_out(functions, "Disabled")
    out = StringIO()
    with pytest.raises(CommandError, match=get_config().fan_out_queue_name):
        call_command("triggers", "off", stdout=out)
    fan_out, feed = out.getvalue().splitlines()
    assert fan_out.endswith("not connected")
    assert feed.endswith("disabled")


def test_what_is_polled_is_paid_for_though_the_other_is_gone(functions: Stubber) -> None:
    expect_look_without_fan_out(functions, "Enabled")
    out = StringIO()
    call_command("costs", stdout=out)
    assert "polling of 1 queue " in out.getvalue()


def test_switching_waits_for_both_but_not_for_ever(functions: Stubber) -> None:
    expect_look(functions, "Disabled")
    for mapping in (FAN_OUT, FEED):
        expected = {"UUID": mapping, "Enabled": True}
        functions.add_response("update_event_source_mapping", {}, expected)
    for _ in range(120):
        functions.add_response("get_event_source_mapping", {"State": "Enabled"}, {"UUID": FAN_OUT})
        functions.add_response("get_event_source_mapping", {"State": "Enabling"}, {"UUID": FEED})
    waits: list[float] = []
    with pytest.raises(Unavailable, match="not enabled yet"):
        Triggers(sleep=waits.append).switch(on=True)
    assert sum(waits) == 120


def test_nothing_is_switched_while_another_change_of_it_is_under_way(functions: Stubber) -> None:
    """Lambda would refuse that."""
    for state in ("Creating", "Updating", "Disabled"):
        expect_look(functions, state)
    for mapping in (FAN_OUT, FEED):
        expected = {"UUID": mapping, "Enabled": True}
        functions.add_response("update_event_source_mapping", {}, expected)
    expect_look(functions, "Enabled")
    waits: list[float] = []
    Triggers(sleep=waits.append).switch(on=True)
    assert len(waits) == 2


@pytest.mark.usefixtures("aws")
def test_before_a_deployment_nothing_is_connected_and_nothing_can_be_switched_on() -> None:
    assert said("status").count("not connected") == 2
    for action, advice in (("off", "list-event-source-mappings"), ("on", "zappa deploy")):
        with pytest.raises(CommandError, match=advice):
            said(action)


def test_a_mapping_that_an_undeployment_removed_is_told_as_such(functions: Stubber) -> None:
    expect_look_without_fan_out(functions, "Enabled")
    fan_out, feed = said("status").splitlines()
    assert fan_out.endswith("not connected")
    assert feed.endswith("enabled")


@pytest.mark.usefixtures("aws")
def test_another_word_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        said("sideways")
