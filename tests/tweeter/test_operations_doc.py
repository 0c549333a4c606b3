"""What docs/operations.md says of alarms and permissions is so."""

from __future__ import annotations

import re

import pytest

from bench.recorder import Call, Recorder
from tests.configuration import Configure
from tests.docs.documents import document
from tests.lists import assert_whole
from tweeter import aws as aws_clients
from tweeter import provisioning  # pytest would call a `teardown_function` in this module itself
from tweeter.config import get_config
from tweeter.provisioning.alarm_definitions import alarms
from tweeter.tables import all_tables

# What a call is permitted by, where its name is not the action's. Source: AWS, "Service
# Authorization Reference".
ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
SERVICES = {"cloudwatch", "dynamodb", "iam", "logs", "s3", "sns", "sqs", "ssm", "sts"}


@pytest.fixture(scope="module")
def text() -> str:
    return document("docs/operations.md").text


@pytest.fixture
def calls(empty_aws: None, set_config: Configure) -> list[Call]:
    """Every call of provisioning, again when all is there, and of taking it away."""
    prefix = get_config().name_prefix  # that of the models
    seen: list[Call] = []
    for environment in ("dev", "production"):
        set_config(environment=environment, name_prefix=prefix, alarm_email="me@example.org")
        clients = [aws_clients.client(service) for service in SERVICES]  # type: ignore[call-overload]
        with Recorder(clients, seen.append):
            for _ in range(2):
                provisioning.provision_function(lambda _: None)
                provisioning.provision(lambda _: None)
            if environment == "dev":  # the other one's tables are protected
                provisioning.teardown(lambda _: None)
                provisioning.teardown_function(lambda _: None)
    return seen


def action(call: Call) -> str:
    if call.operation == "DeleteObject" and "VersionId" in call.parameters:
        return "DeleteObjectVersion"
    return ACTIONS.get(call.operation, call.operation)


def test_each_alarm_has_a_section(text: str) -> None:
    chapter = text.split("\n## Alarms\n")[1].split("\n## ", maxsplit=1)[0]
    assert re.findall(r"^### (\S+)$", chapter, re.MULTILINE) == [alarm.name for alarm in alarms()]


def test_a_restoration_restores_each_table_that_nothing_could_make_again(text: str) -> None:
    [named] = re.findall(r"for table in (.+); do", text)
    precious = [spec.short_name for spec in all_tables() if spec.precious]
    assert_whole(named.split(), precious, "the loop of `Restoring` in docs/operations.md")


def test_a_deployer_may_do_all_that_provisioning_does(text: str, calls: list[Call]) -> None:
    rows = re.findall(r"^\| `([a-z0-9]+)` \| (.+) \|$", text, re.MULTILINE)
    granted = {f"{service}:{each}" for service, row in rows for each in re.findall(r"`(\w+)`", row)}
    needed = {f"{call.service}:{action(call)}" for call in calls}
    assert {call.service for call in calls} == SERVICES
    assert needed <= granted
