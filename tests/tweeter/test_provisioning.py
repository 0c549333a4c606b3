"""Provisioning: safe to repeat, and complete."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tests.tweeter.provisioned import expiring_tables, lines_of
from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.provisioning import provision, teardown
from tweeter.tables import all_tables


def test_the_first_run_creates_everything_and_says_so(empty_aws: None) -> None:
    lines = lines_of("provision")
    assert len(lines) == len(all_tables()) + 4 + 1
    assert all(line.endswith(": created") for line in lines)


def test_a_second_run_changes_nothing(empty_aws: None) -> None:
    lines_of("provision")
    table = get_config().table_name("accounts")
    aws_clients.client("dynamodb").put_item(TableName=table, Item={"account_id": {"S": "ann"}})
    assert all(line.endswith(": is there") for line in lines_of("provision"))
    assert aws_clients.client("dynamodb").scan(TableName=table)["Count"] == 1


def test_what_is_missing_is_created_again(empty_aws: None) -> None:
    lines_of("provision")
    aws_clients.client("dynamodb").delete_table(TableName=get_config().table_name("feeds"))
    created = [line for line in lines_of("provision") if line.endswith(": created")]
    assert created == [f"table {get_config().table_name('feeds')}: created"]


def test_only_the_feed_table_has_provisioned_capacity(empty_aws: None) -> None:
    lines_of("provision")
    modes = {}
    for spec in all_tables():
        answer = aws_clients.client("dynamodb").describe_table(TableName=spec.full_name)
        summary = answer["Table"].get("BillingModeSummary", {})
        modes[spec.short_name] = summary.get("BillingMode", "PROVISIONED")
    assert {name for name, mode in modes.items() if mode == "PROVISIONED"} == {"feeds"}


def test_the_feed_table_has_no_index(empty_aws: None) -> None:
    lines_of("provision")
    table = get_config().table_name("feeds")
    description = aws_clients.client("dynamodb").describe_table(TableName=table)["Table"]
    assert not description.get("GlobalSecondaryIndexes")
    assert not description.get("LocalSecondaryIndexes")


def test_items_that_expire_are_removed_by_the_table(empty_aws: None) -> None:
    lines_of("provision")
    expiring = {"accounts", "sessions", "former-follows", "attempts", "receipts"}
    assert expiring_tables() == expiring


def test_queues_have_dead_letters_and_six_times_the_functions_timeout(empty_aws: None) -> None:
    lines_of("provision")
    sqs = aws_clients.client("sqs")
    for name in (get_config().fan_out_queue_name, get_config().feed_queue_name):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == str(6 * get_config().function_timeout_seconds)
        redrive = json.loads(attributes["RedrivePolicy"])
        assert redrive["deadLetterTargetArn"].endswith(f"{name}-dead")
        assert int(redrive["maxReceiveCount"]) >= 5


def test_a_teardown_without_yes_deletes_nothing(empty_aws: None) -> None:
    lines_of("provision")
    with pytest.raises(CommandError, match="--yes"):
        call_command("teardown")
    assert all(line.endswith(": is there") for line in lines_of("provision"))


def test_a_teardown_leaves_nothing_and_may_be_repeated(empty_aws: None) -> None:
    lines_of("provision")
    assert all(line.endswith(": deleted") for line in lines_of("teardown", "--yes"))
    assert aws_clients.client("dynamodb").list_tables()["TableNames"] == []
    assert aws_clients.client("sqs").list_queues().get("QueueUrls", []) == []
    assert aws_clients.client("s3").list_buckets()["Buckets"] == []
    assert all(line.endswith(": was not there") for line in lines_of("teardown", "--yes"))


def test_provisioning_can_be_followed_by_anything_that_takes_lines(empty_aws: None) -> None:
    lines: list[str] = []
    provision(lines.append)
    teardown(lines.append)
    assert len(lines) == 2 * (len(all_tables()) + 5)
