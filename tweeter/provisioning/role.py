"""The role that the Lambda function runs under, and the group that it logs to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from feeds.queues import dead_letter_name
from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.queues import queue_names
from tweeter.tables import all_tables

_POLICY = "tweeter"
_LOG_DAYS = 30
_SNAP_START_ALIAS = "snapstart"
_ASSUMED_BY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            # API Gateway too: Zappa has it call the function under the function's own role.
            "Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
_ON_TABLES = (
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "DescribeContinuousBackups",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "ListTagsOfResource",
    "PutItem",
    "Query",
    "UpdateItem",
)
_ON_THE_FEED_TABLE = ("TagResource", "UpdateTable")
_ON_QUEUES = (
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListQueueTags",
    "ReceiveMessage",
    "SendMessage",
)


def role_name() -> str:
    """Return the name of the role."""
    return get_config().name_prefix


def provision_role(report: Callable[[str], object]) -> None:
    """Create the role and the log group if they are missing, and set what they allow and keep."""
    _provision_log_group(report)
    client = aws.client("iam")
    name = role_name()
    try:
        role = client.get_role(RoleName=name)["Role"]
    except client.exceptions.NoSuchEntityException:
        created = client.create_role(
            RoleName=name,
            Description="What Tweeter's function may do",
            AssumeRolePolicyDocument=json.dumps(_ASSUMED_BY),
        )
        role = created["Role"]
        report(f"role {name}: created")
    else:
        report(f"role {name}: is there")
        present: object = role["AssumeRolePolicyDocument"]
        if present != _ASSUMED_BY:
            client.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(_ASSUMED_BY))
            report(f"role {name}: who may assume it set")
    account = role["Arn"].split(":")[4]
    wanted = permissions(region=region(), account=account)
    if _present_permissions(name) != wanted:
        client.put_role_policy(RoleName=name, PolicyName=_POLICY, PolicyDocument=json.dumps(wanted))
        report(f"role {name}: permissions set")


def delete_role(report: Callable[[str], object]) -> None:
    """Delete the role and the log group."""
    client = aws.client("iam")
    name = role_name()
    try:
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            client.delete_role_policy(RoleName=name, PolicyName=policy)
        client.delete_role(RoleName=name)
    except client.exceptions.NoSuchEntityException:
        report(f"role {name}: was not there")
    else:
        report(f"role {name}: deleted")
    logs = aws.client("logs")
    try:
        logs.delete_log_group(logGroupName=log_group())
    except logs.exceptions.ResourceNotFoundException:
        report(f"log group {log_group()}: was not there")
    else:
        report(f"log group {log_group()}: deleted")


def allow_switching(mapping_arns: list[str]) -> None:
    """Let the function switch its event source mappings, which a deployment made, on and off."""
    actions = ("GetEventSourceMapping", "UpdateEventSourceMapping")
    document = {
        "Version": "2012-10-17",
        "Statement": [_allow("Triggers", "lambda", actions, mapping_arns)],
    }
    aws.client("iam").put_role_policy(
        RoleName=role_name(), PolicyName="triggers", PolicyDocument=json.dumps(document)
    )


def permissions(*, region: str, account: str) -> dict[str, Any]:
    """Return the policy of the role: each table, queue and bucket by its name.

    A star stands only where AWS knows no names beforehand: for the objects in the bucket and the
    streams of the log group. The function may change the capacity of the feed table, for
    `zappa manage STAGE capacity`, and nothing else of what `provision` makes.
    """
    return {
        "Version": "2012-10-17",
        "Statement": list(_statements(region=region, account=account)),
    }


def region() -> str:
    """Return the region that everything is in."""
    return aws.client("dynamodb").meta.region_name


def log_group() -> str:
    """Return the name of the log group that Lambda writes to, which it derives from its own."""
    return f"/aws/lambda/{get_config().function_name}"


def _statements(*, region: str, account: str) -> Iterator[dict[str, Any]]:
    tables = {
        spec.short_name: f"arn:aws:dynamodb:{region}:{account}:table/{spec.full_name}"
        for spec in all_tables()
    }
    indexes = [
        f"{tables[spec.short_name]}/index/{index['index_name']}"
        for spec in all_tables()
        for index in spec.model.schema()["local_secondary_indexes"]
    ]
    queues = [
        f"arn:aws:sqs:{region}:{account}:{name}"
        for queue in queue_names()
        for name in (queue, dead_letter_name(queue))
    ]
    bucket = f"arn:aws:s3:::{get_config().picture_bucket}"
    logs = f"arn:aws:logs:{region}:{account}:log-group:{log_group()}:log-stream:*"
    yield _allow("Tables", "dynamodb", _ON_TABLES, [*tables.values(), *indexes])
    yield _allow("Recount", "dynamodb", ("Scan",), [tables["accounts"]])
    yield _allow("Capacity", "dynamodb", _ON_THE_FEED_TABLE, [tables["feeds"]])
    yield _allow("Queues", "sqs", _ON_QUEUES, queues)
    yield _allow("Pictures", "s3", ("DeleteObject", "PutObject"), [f"{bucket}/avatars/*"])
    function = f"arn:aws:lambda:{region}:{account}:function:{get_config().function_name}"
    # What API Gateway calls: the function, or where it has SnapStart, the alias that Zappa makes.
    callees = [function, f"{function}:{_SNAP_START_ALIAS}"]
    yield _allow("Api", "lambda", ("InvokeFunction",), callees)
    yield _allow("Logs", "logs", ("CreateLogStream", "PutLogEvents"), [logs])


def _allow(
    statement: str, service: str, actions: tuple[str, ...], resources: list[str]
) -> dict[str, Any]:
    return {
        "Sid": statement,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": resources,
    }


def _present_permissions(name: str) -> object:
    """Return the policy that the role has, None without one."""
    client = aws.client("iam")
    try:
        document: Any = client.get_role_policy(RoleName=name, PolicyName=_POLICY)["PolicyDocument"]
    except client.exceptions.NoSuchEntityException:
        return None
    return document


def _provision_log_group(report: Callable[[str], object]) -> None:
    """Create the log group, lest Lambda makes one that keeps everything for ever."""
    client = aws.client("logs")
    try:
        client.create_log_group(logGroupName=log_group())
    except client.exceptions.ResourceAlreadyExistsException:
        report(f"log group {log_group()}: is there")
    else:
        report(f"log group {log_group()}: created")
    client.put_retention_policy(logGroupName=log_group(), retentionInDays=_LOG_DAYS)
