"""The function's role allows what the product does with AWS, and hardly anything else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from zappa.core import SNAPSTART_LAMBDA_ALIAS, Zappa

from bench.recorder import Call, Recorder
from tests.accounts.test_removal import remove, settle
from tests.world import PASSWORD, Person, World, avatar
from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.deployment.package import AWS_SERVICES
from tweeter.provisioning.role import permissions, provision_role, role_name
from tweeter.provisioning.tables import provision_tables
from tweeter.triggers import Triggers

REGION, ACCOUNT = "us-east-1", "123456789012"
NEW_PASSWORD = "another horse"

# What a call is permitted by, where its name is not the action's. Source: AWS, "Service
# Authorization Reference".
ACTIONS = {
    "SendMessageBatch": "sqs:SendMessage",
    "DeleteMessageBatch": "sqs:DeleteMessage",
}
TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
UNUSED_BY_THE_STORY = {
    "lambda:InvokeFunction",  # API Gateway, which Zappa has assume the role
    "dynamodb:DescribeContinuousBackups",  # `zappa manage STAGE provision`, in production
    "logs:CreateLogStream",  # Lambda itself
    "logs:PutLogEvents",  # Lambda itself
}


def needed(call: Call) -> Iterator[tuple[str, str]]:
    """Yield each action and resource that a call needs permission for."""
    parameters = call.parameters
    if call.operation == "TransactWriteItems":
        for item in parameters["TransactItems"]:
            for kind, request in item.items():
                yield f"dynamodb:{TRANSACTION[kind]}", table(request["TableName"])
    elif call.operation in {"BatchGetItem", "BatchWriteItem"}:
        for name in parameters["RequestItems"]:
            yield f"dynamodb:{call.operation}", table(name)
    else:
        action = ACTIONS.get(call.operation, f"{call.service}:{call.operation}")
        yield action, resource(call.service, parameters)


def resource(service: str, parameters: dict[str, Any]) -> str:
    if service == "dynamodb":
        if "ResourceArn" in parameters:
            return str(parameters["ResourceArn"])
        index = parameters.get("IndexName")
        return table(parameters["TableName"]) + (f"/index/{index}" if index else "")
    if service == "sqs":
        name = parameters.get("QueueName") or parameters["QueueUrl"].rpartition("/")[2]
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    key = parameters.get("Key")
    return f"arn:aws:s3:::{parameters['Bucket']}" + (f"/{key}" if key else "")


def table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def tell_the_story(world: World) -> None:
    """Do everything that the function does with AWS."""
    ann, bob, eve = world.people("ann", "bob", "eve")
    change_profile(ann)
    sign_in = {"alias": "bob", "password": "wrong"}
    assert world.anonymous.post("/sessions/", sign_in).status_code == 401
    world.sign_in("bob")
    bob.follow(ann)
    eve.follow(ann)
    eve.unfollow(ann)
    answer = ann.client.post("/statuses/", {"text": "hi @bob"}, HTTP_IDEMPOTENCY_KEY="once")
    assert answer.status_code == 201
    posted = answer.data
    world.fan_out_queue.send("poison")
    world.feed_queue.send("poison")
    world.deliver()
    assert bob.feed() == ["hi @bob"]
    assert ann.delivery(posted)["delivered"] == 1
    for path in ("/accounts/ann/story/", "/accounts/ann/followers/", "/accounts/bob/following/"):
        assert list(world.anonymous.get(path).data["results"])
    for path in ("/accounts/ann/relationship/", "/accounts/me/export/", "/health/"):
        assert bob.client.get(path).status_code == 200
    assert ann.client.delete(f"/statuses/{posted['id']}/").status_code == 204
    assert eve.client.delete("/sessions/current/").status_code == 204
    leave(world, ann, bob)
    run_commands()


def change_profile(person: Person) -> None:
    for colour in ("teal", "coral"):
        answer = person.client.patch("/accounts/me/", {"avatar": avatar(colour)})
        assert answer.status_code == 200
    passwords = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    assert person.client.patch("/accounts/me/", passwords).status_code == 200


def leave(world: World, person: Person, follower: Person) -> None:
    """Delete an account with a status, until its removal is over."""
    person.post("not for long")
    assert follower.account()["following_count"] == 1
    assert remove(person, NEW_PASSWORD).status_code == 204
    settle(world)
    assert world.sign_in(follower.alias).account()["following_count"] == 0


def run_commands() -> None:
    """Do what `zappa manage` is for, besides."""
    quiet = io.StringIO()
    call_command("capacity", "feeds", write=123, stdout=quiet)
    call_command("recount", "--fix", stdout=quiet)
    call_command("removals", "restart", stdout=quiet)
    call_command("seed", "--users=2", "--celebrity=star", stdout=quiet, stderr=quiet)
    call_command("dlq", "show", stdout=quiet)
    call_command("dlq", "redrive", "--force", stdout=quiet)
    have_configured_another_throughput()
    provision_tables(quiet.write)
    assert not any(trigger.is_connected for trigger in Triggers().show())


def have_configured_another_throughput() -> None:
    """Have the feed table look as if another throughput had been configured before."""
    boto3.client("dynamodb", region_name=REGION).tag_resource(
        ResourceArn=table(get_config().table_name("feeds")),
        Tags=[{"Key": "tweeter:configured-throughput", "Value": "1 RCU and 1 WCU"}],
    )


@pytest.fixture
def calls(world: World) -> list[Call]:
    """Every call of the story, and of what `zappa manage` may do besides."""
    seen: list[Call] = []
    clients = [aws_clients.client(service) for service in ("dynamodb", "s3", "sqs")]
    clients.append(aws_clients.client("dynamodb", attempts=1))
    with Recorder(clients, seen.append):
        tell_the_story(world)
    return seen


def test_the_role_allows_all_that_the_product_does_and_no_more(calls: list[Call]) -> None:
    statements = permissions(region=REGION, account=ACCOUNT)["Statement"]
    allowed = [
        (action, pattern)
        for statement in statements
        for action in statement["Action"]
        for pattern in statement["Resource"]
    ]
    asked = {each for call in calls for each in needed(call)}
    refused = {
        (action, name)
        for action, name in asked
        if not any(action == each and fnmatchcase(name, pattern) for each, pattern in allowed)
    }
    assert refused == set()
    unused = {action for action, _ in allowed} - {action for action, _ in asked}
    assert unused == UNUSED_BY_THE_STORY


def test_the_package_knows_the_services_that_the_role_allows() -> None:
    allowed = {
        action.partition(":")[0]
        for statement in permissions(region=REGION, account=ACCOUNT)["Statement"]
        for action in statement["Action"]
    }
    assert allowed - {"logs"} == AWS_SERVICES  # Lambda itself writes the log


def test_api_gateway_may_call_what_zappa_tells_it_to_under_this_role(aws: None) -> None:
    """The embedded gateway does not ask."""
    provision_role(lambda line: None)
    role = aws_clients.client("iam").get_role(RoleName=role_name())["Role"]
    trust: Any = role["AssumeRolePolicyDocument"]
    assumed_by = trust["Statement"][0]["Principal"]["Service"]
    assert set(assumed_by) == {"lambda.amazonaws.com", "apigateway.amazonaws.com"}

    zappa = Zappa(load_credentials=False)
    zappa.boto_session = boto3.Session(region_name=REGION)
    zappa.credentials_arn = role["Arn"]
    for alias in (None, SNAPSTART_LAMBDA_ALIAS):
        function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{get_config().function_name}"
        template = zappa.create_stack_template(
            lambda_arn=function,
            lambda_name="tweeter-test",
            api_key_required=False,
            iam_authorization=False,
            authorizer={},
            lambda_qualifier=alias,
        )
        called = function + (f":{alias}" if alias else "")
        assert f"{called}/invocations" in template.to_json()
        assert role["Arn"] in template.to_json()
        [invocation] = [
            statement
            for statement in permissions(region=REGION, account=ACCOUNT)["Statement"]
            if statement["Action"] == ["lambda:InvokeFunction"]
        ]
        assert called in invocation["Resource"]


def test_no_table_can_be_read_as_a_whole_but_that_of_the_recount() -> None:
    scanned = [
        name
        for statement in permissions(region=REGION, account=ACCOUNT)["Statement"]
        for name in statement["Resource"]
        if "dynamodb:Scan" in statement["Action"]
    ]
    assert scanned == [table(get_config().table_name("accounts"))]


def test_everything_is_named() -> None:
    for statement in permissions(region=REGION, account=ACCOUNT)["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        for name in statement["Resource"]:
            assert "*" not in name.removesuffix(":log-stream:*").removesuffix("/avatars/*")
            assert get_config().name_prefix in name


def test_the_policy_is_small_enough_for_a_role() -> None:
    """IAM takes 10,240 characters of inline policies in all, without white space."""
    policy = json.dumps(
        permissions(region="ap-southeast-2", account=ACCOUNT), separators=(",", ":")
    )
    assert len(policy) < 9_000
