"""A deployment's settings, completed before Zappa acts, and its mappings, finished after."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from zappa.cli import ZappaCLI

from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.deployment.deployment import Deployment
from tweeter.deployment.mappings import queue_arn
from tweeter.provisioning.queues import queue_names
from tweeter.provisioning.role import provision_role, role_name
from tweeter.provisioning.secret import provision_secret, read_secret
from tweeter.stages import configure_as
from tweeter.triggers import Triggers

SETTINGS = Path(__file__).parents[2] / "zappa_settings.json"
FUNCTION = "tweeter-dev"
ACCOUNT = "123456789012"
SNAP_STARTED = ("PublishedVersions", "snapstart")


@pytest.fixture(autouse=True)
def stage(aws: None) -> Iterator[None]:
    """A process of Zappa's, for a stage for which all is provisioned."""
    before = dict(os.environ)
    # The tables got their names when they were imported.
    os.environ["TWEETER_NAME_PREFIX"] = get_config().name_prefix
    configure_as("dev")
    provision_role(lambda line: None)
    provision_secret(lambda line: None)
    yield
    os.environ.clear()
    os.environ.update(before)
    get_config.cache_clear()


def zappa_about_to(command: str) -> Any:
    """Return Zappa itself, with the stage's settings read."""
    zappa = ZappaCLI()
    zappa.api_stage = "dev"
    zappa.load_credentials = False  # and so without its 17 clients
    zappa.vargs = {"command": command}
    zappa.load_settings(str(SETTINGS))
    return zappa


@pytest.fixture
def deploying() -> Any:
    """Zappa, about to deploy."""
    return zappa_about_to("deploy")


@pytest.fixture
def stacks(deploying: Any) -> Iterator[Stubber]:
    """CloudFormation's answers about the stack that is the API."""
    deploying.zappa.cf_client = boto3.client("cloudformation")
    with Stubber(deploying.zappa.cf_client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def make_function(*, enabled: bool = False, **variables: str) -> None:
    """Make the function, with these variables, and both mappings as Zappa does."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handler.py", "")
    client = aws_clients.client("lambda")
    client.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{role_name()}",
        Handler="handler.lambda_handler",
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": variables},
    )
    for queue in queue_names():
        arn = str(queue_arn(queue))
        client.create_event_source_mapping(
            FunctionName=FUNCTION, EventSourceArn=arn, BatchSize=1, Enabled=enabled
        )


def mappings() -> list[dict[str, Any]]:
    answer = aws_clients.client("lambda").list_event_source_mappings(FunctionName=FUNCTION)
    return [dict(mapping) for mapping in answer["EventSourceMappings"]]


def states() -> list[str]:
    return [mapping["State"] for mapping in mappings()]


def functions() -> list[str]:
    answer = aws_clients.client("lambda").list_functions()
    return [function["FunctionName"] for function in answer["Functions"]]


def sources(zappa: Any) -> list[dict[str, Any]]:
    """Return the event sources as Zappa sees them."""
    return [event["event_source"] for event in zappa.stage_config["events"]]


def run(zappa: Any, between: Callable[[], None] = lambda: None) -> None:
    """Do what is ours of a command, with what Zappa does in between."""
    Deployment(zappa).complete_settings()
    between()
    Deployment(zappa).finish_mappings(lambda line: None)


def test_what_depends_on_the_account_is_filled_in(deploying: Any) -> None:
    Deployment(deploying).complete_settings()
    prefix = get_config().name_prefix
    assert deploying.zappa.credentials_arn == f"arn:aws:iam::{ACCOUNT}:role/{prefix}"
    assert deploying.s3_bucket_name == f"{prefix}-packages-{ACCOUNT}"
    variables = deploying.aws_environment_variables
    assert variables["TWEETER_ENVIRONMENT"] == "dev"
    assert variables["TWEETER_PICTURE_BUCKET"] == f"{prefix}-pictures-{ACCOUNT}"
    assert variables["TWEETER_SECRET_KEY"] == read_secret()
    assert [source["arn"] for source in sources(deploying)] == [
        f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}" for queue in queue_names()
    ]


def test_a_mapping_takes_no_message_before_it_is_finished(deploying: Any) -> None:
    Deployment(deploying).complete_settings()
    assert [source["enabled"] for source in sources(deploying)] == [False, False]


def test_finished_mappings_run_and_report_failed_messages(deploying: Any) -> None:
    run(deploying, make_function)
    for mapping, batch_size in zip(mappings(), [1, 10], strict=True):
        assert mapping["State"] == "Enabled"
        assert mapping["BatchSize"] == batch_size
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_the_function_may_switch_its_own_mappings_and_no_others(deploying: Any) -> None:
    run(deploying, make_function)
    answer = aws_clients.client("iam").get_role_policy(RoleName=role_name(), PolicyName="triggers")
    policy: Any = answer["PolicyDocument"]
    [statement] = policy["Statement"]
    arns = [mapping["EventSourceMappingArn"] for mapping in mappings()]
    assert statement["Resource"] == arns


@pytest.mark.parametrize(("on", "state"), [(True, "Enabled"), (False, "Disabled")])
def test_an_update_leaves_mappings_as_they_were_switched(
    deploying: Any, on: bool, state: str
) -> None:
    run(deploying, make_function)
    Triggers().switch(on=on)
    updating = zappa_about_to("update")
    run(updating)
    assert [source["enabled"] for source in sources(updating)] == [on, on]
    assert states() == [state, state]


def test_mappings_of_an_interrupted_deployment_run_after_an_update() -> None:
    make_function()
    run(zappa_about_to("update"))
    assert states() == ["Enabled", "Enabled"]


def test_a_function_without_its_api_is_cleared_away(deploying: Any, stacks: Stubber) -> None:
    make_function()
    stacks.add_client_error("describe_stacks", "ValidationError")
    Deployment(deploying).complete_settings()
    assert functions() == []
    assert mappings() == []


def test_a_function_with_its_api_is_left_for_zappa_to_refuse(
    deploying: Any, stacks: Stubber
) -> None:
    make_function(enabled=True)
    stacks.add_response("describe_stacks", {"Stacks": []}, {"StackName": FUNCTION})
    Deployment(deploying).complete_settings()
    assert functions() == [FUNCTION]
    assert states() == ["Enabled", "Enabled"]


def test_nothing_is_cleared_away_while_nobody_knows_of_the_api(
    deploying: Any, stacks: Stubber
) -> None:
    make_function()
    stacks.add_client_error("describe_stacks", "AccessDenied", http_status_code=403)
    with pytest.raises(ClientError, match="AccessDenied"):
        Deployment(deploying).complete_settings()
    assert functions() == [FUNCTION]


def test_an_update_takes_away_variables_that_the_stage_no_longer_has() -> None:
    make_function(TWEETER_FORMER="yes")
    updating = zappa_about_to("update")
    deployment = Deployment(updating)
    deployment.complete_settings()
    deployment.drop_former_variables()
    answer = aws_clients.client("lambda").get_function_configuration(FunctionName=FUNCTION)
    assert answer["Environment"]["Variables"] == updating.aws_environment_variables


@pytest.mark.parametrize(
    ("runtime", "left"),
    [("python3.11", ("None", None)), ("python3.12", SNAP_STARTED), ("python3.13", SNAP_STARTED)],
)
def test_snapshots_are_left_out_where_lambda_has_none(
    deploying: Any, runtime: str, left: tuple[str, str | None]
) -> None:
    """And then API Gateway must not call the alias that Zappa has for them."""
    deploying.runtime = runtime
    deploying.snap_start, deploying.apigateway_lambda_qualifier = SNAP_STARTED
    Deployment(deploying).complete_settings()
    assert (deploying.snap_start, deploying.apigateway_lambda_qualifier) == left
