"""What a deployment refuses to begin with, and what it does not let pass at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import click
import pytest
from botocore.stub import ANY, Stubber

from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.deployment import callbacks
from tweeter.deployment.mappings import EventSource, finish
from tweeter.deployment.package import require_deployable
from tweeter.deployment.stage import adopt_stage
from tweeter.errors import TweeterError
from tweeter.provisioning.secret import provision_secret

MAPPING = "11111111-1111-1111-1111-111111111111"
OTHER = "22222222-2222-2222-2222-222222222222"
SOURCE = EventSource(
    queue_arn="arn:aws:sqs:us-east-1:123456789012:tweeter-test-feed",
    batch_size=10,
    maximum_concurrency=2,
    enabled=True,
)
FINISHED = {
    "UUID": MAPPING,
    "EventSourceArn": SOURCE.queue_arn,
    "State": "Enabled",
    "BatchSize": 10,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "ScalingConfig": {"MaximumConcurrency": 2},
}


def zappa(stage: str, **changes: Any) -> Any:
    """Zappa, as far as a callback sees it, about to show a deployment's state."""
    return SimpleNamespace(
        api_stage=stage,
        lambda_name=f"tweeter-{stage}",
        timeout_seconds=30,
        vargs={"command": "status"},
        **changes,
    )


@pytest.fixture
def functions(aws: None) -> Iterator[Stubber]:
    """The answers of Lambda."""
    with Stubber(aws_clients.client("lambda")) as stubber:
        yield stubber


@pytest.fixture(autouse=True)
def environment_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A callback configures its process for the stage, which is a process of its own."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    get_config.cache_clear()


def test_the_local_stage_never_goes_to_a_real_account() -> None:
    with pytest.raises(click.ClickException, match="make deploy-local"):
        callbacks.settings(zappa("local"))


def test_the_stage_wins_over_another_one_in_the_shell(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWEETER_ENVIRONMENT", "dev")
    assert adopt_stage("production")["TWEETER_ENVIRONMENT"] == "production"
    assert get_config().environment == "production"


def test_a_stage_that_is_not_an_environment_is_refused(aws: None) -> None:
    with pytest.raises(click.ClickException, match="no stage 'base'"):
        callbacks.settings(zappa("base"))


def test_what_is_not_provisioned_is_named_with_the_command_that_makes_it(aws: None) -> None:
    with pytest.raises(
        click.ClickException, match=r"secret is not there yet in us-east-1.*manage.py provision"
    ):
        callbacks.settings(zappa("dev"))
    provision_secret(lambda line: None)
    with pytest.raises(click.ClickException, match="role tweeter-dev is not there yet"):
        callbacks.settings(zappa("dev", zappa=SimpleNamespace()))


def test_queues_that_are_missing_are_named(aws: None) -> None:
    adopt_stage("dev")
    provision_secret(lambda line: None)
    aws_clients.client("iam").create_role(RoleName="tweeter-dev", AssumeRolePolicyDocument="{}")
    about_to = zappa(
        "dev",
        stage_config={"events": [{"event_source": {"arn": "nothing"}}]},
        zappa=SimpleNamespace(),
    )
    with pytest.raises(click.ClickException, match="queue tweeter-dev-nothing is not there yet"):
        callbacks.settings(about_to)


def test_a_timeout_that_the_queues_are_not_made_for_is_refused(aws: None) -> None:
    adopt_stage("dev")
    provision_secret(lambda line: None)
    about_to = zappa("dev")
    about_to.timeout_seconds = 60
    with pytest.raises(click.ClickException, match="60 timeout_seconds, but the queues"):
        callbacks.settings(about_to)


def test_a_python_whose_packages_lambda_cannot_load_is_refused() -> None:
    with pytest.raises(TweeterError, match=r"Python 3\.12 or newer"):
        require_deployable((3, 11))
    require_deployable((3, 12))


def listed(functions: Stubber, *mappings: dict[str, Any]) -> None:
    expected = {"FunctionName": "tweeter-test", "EventSourceArn": SOURCE.queue_arn}
    answer = {"EventSourceMappings": list(mappings)}
    functions.add_response("list_event_source_mappings", answer, expected)


def looked_at(functions: Stubber, state: str) -> None:
    answer = {"UUID": MAPPING, "State": state}
    functions.add_response("get_event_source_mapping", answer, {"UUID": MAPPING})


def test_a_mapping_gets_all_that_zappa_cannot_say(functions: Stubber) -> None:
    listed(functions, {"UUID": MAPPING, "State": "Disabled"})
    looked_at(functions, "Disabled")
    wanted = {"UUID": MAPPING, "Enabled": True, **SOURCE.wanted}
    assert wanted["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    functions.add_response("update_event_source_mapping", {}, wanted)
    functions.add_response("get_event_source_mapping", FINISHED, {"UUID": MAPPING})
    assert finish("tweeter-test", SOURCE)["State"] == "Enabled"
    functions.assert_no_pending_responses()


def test_a_mapping_that_zappa_has_made_just_now_is_finished_when_it_is_at_rest(
    functions: Stubber,
) -> None:
    """Lambda would refuse that before."""
    listed(functions, {"UUID": MAPPING, "State": "Creating"})
    for state in ("Creating", "Updating", "Disabled"):
        looked_at(functions, state)
    functions.add_response("update_event_source_mapping", {}, ANY_PARAMETERS)
    functions.add_response("get_event_source_mapping", FINISHED, {"UUID": MAPPING})
    waits: list[float] = []
    assert finish("tweeter-test", SOURCE, sleep=waits.append)["State"] == "Enabled"
    assert len(waits) == 2


def test_a_mapping_that_never_comes_to_rest_is_refused_and_not_changed(functions: Stubber) -> None:
    listed(functions, {"UUID": MAPPING, "State": "Creating"})
    for _ in range(3):
        looked_at(functions, "Creating")
    with pytest.raises(TweeterError, match="is Creating, should be Enabled"):
        finish("tweeter-test", SOURCE, looks=3, sleep=lambda seconds: None)


def test_a_mapping_that_zappa_failed_to_make_is_noticed(functions: Stubber) -> None:
    listed(functions)
    with pytest.raises(TweeterError, match="is not mapped to tweeter-test"):
        finish("tweeter-test", SOURCE)


def test_two_mappings_of_a_queue_are_refused(functions: Stubber) -> None:
    listed(functions, {"UUID": MAPPING}, {"UUID": OTHER})
    with pytest.raises(TweeterError, match=f"more than once: {MAPPING}, {OTHER}"):
        finish("tweeter-test", SOURCE)


def test_a_mapping_that_does_not_become_as_it_should_is_refused(functions: Stubber) -> None:
    listed(functions, {"UUID": MAPPING, "State": "Enabled"})
    looked_at(functions, "Enabled")
    functions.add_response("update_event_source_mapping", {}, ANY_PARAMETERS)
    for _ in range(3):
        answer = {**FINISHED, "FunctionResponseTypes": []}
        functions.add_response("get_event_source_mapping", answer, {"UUID": MAPPING})
    with pytest.raises(TweeterError, match="'FunctionResponseTypes': "):
        finish("tweeter-test", SOURCE, looks=3, sleep=lambda seconds: None)


ANY_PARAMETERS = {"UUID": MAPPING, "Enabled": True, **dict.fromkeys(SOURCE.wanted, ANY)}
