"""`zappa_settings.json` deploys what is meant, and nothing that Zappa does by default."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from zappa.utilities import import_and_get_function

from tweeter.config import ENVIRONMENTS, get_config
from tweeter.management.commands.work import Command as Work

FILE = Path(__file__).parents[2] / "zappa_settings.json"
STAGES = ("local", "dev", "production")


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A stage with what it extends, as Zappa puts them together."""
    settings = json.loads(FILE.read_text(encoding="utf-8"))
    own = settings[request.param]
    return {**settings[own["extends"]], **own, "name": request.param}


def test_a_stage_is_an_environment(stage: dict[str, Any]) -> None:
    assert stage["name"] in ENVIRONMENTS
    assert stage["aws_environment_variables"]["TWEETER_ENVIRONMENT"] == stage["name"]


def test_clients_see_no_traceback(stage: dict[str, Any]) -> None:
    assert stage["debug"] is False


def test_no_account_region_or_secret_is_in_it() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert "arn:" not in text
    assert "SECRET" not in text
    assert "us-east-1" not in text


def test_permissions_are_left_to_our_own_role(stage: dict[str, Any]) -> None:
    assert stage["manage_roles"] is False
    assert "extra_permissions" not in stage


def test_queues_are_made_for_the_timeout_of_the_function(stage: dict[str, Any]) -> None:
    assert stage["timeout_seconds"] == get_config().function_timeout_seconds


def test_mappings_rest_until_they_are_finished(stage: dict[str, Any]) -> None:
    sources = [event["event_source"] for event in stage["events"]]
    assert [source["arn"] for source in sources] == ["fan-out", "feed"]
    assert not any(source["enabled"] for source in sources)


def test_workers_on_one_machine_get_as_much_at_a_time_as_those_deployed(
    stage: dict[str, Any],
) -> None:
    sources = [event["event_source"] for event in stage["events"]]
    work = Work().create_parser("manage.py", "work").parse_args([])
    assert [(source["batch_size"], source["maximum_concurrency"]) for source in sources] == [
        (work.fan_out_batch, work.fan_out_concurrency),
        (work.feed_batch, work.feed_concurrency),
    ]


def test_workers_take_exactly_an_event_and_a_context(stage: dict[str, Any]) -> None:
    """Zappa calls a handler again with fewer arguments when it raises a TypeError itself, and one
    with a default argument once more."""
    for event in stage["events"]:
        handler = import_and_get_function(event["function"])
        assert [*inspect.signature(handler).parameters] == ["event", "context"]


def test_callbacks_are_there(stage: dict[str, Any]) -> None:
    for position, callback in stage["callbacks"].items():
        assert position in {"settings", "zip", "post"}
        assert callable(import_and_get_function(callback))
