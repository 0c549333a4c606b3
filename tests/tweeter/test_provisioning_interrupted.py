"""A provisioning or teardown that dies half-way is completed by the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto import mock_aws

from tests.configuration import Configure
from tests.faults import Service
from tests.tweeter.provisioned import (
    complete_queue_attributes,
    everything,
    throughput_of,
)
from tweeter import aws, wiring
from tweeter.config import get_config
from tweeter.provisioning import provision, teardown

SERVICES: tuple[Service, ...] = ("dynamodb", "sqs", "s3")
READS = ("Describe", "Get", "Head", "List")
WITH_DEATHS = ("accounts", "feeds", "budgets")
"""One of each kind of table: after changes to the others nothing dies, which would add nothing but
time."""


class Died(Exception):
    """The process ended here, with a change made and its answer lost."""


@contextmanager
def one_change_further(made: set[str]) -> Iterator[None]:
    """Die after each change that is not in `made`, and add it."""

    def name_change(params: Any, model: Any, context: dict[str, Any], **_: object) -> None:
        table = params.get("TableName") or params.get("ResourceArn", "").rpartition("/")[2]
        told = sorted((name, value) for name, value in params.items() if name != "Body")
        is_deadly = not table or table.endswith(WITH_DEATHS)
        context["change"] = f"{model.name} {told}" if is_deadly else None

    def die(model: Any, context: dict[str, Any], **_: object) -> None:
        change = context["change"]
        if change and not model.name.startswith(READS) and change not in made:
            made.add(change)
            raise Died

    handlers: list[tuple[str, Callable[..., None]]] = [
        ("before-parameter-build", name_change),
        ("after-call", die),
    ]
    for service in SERVICES:
        for event, handler in handlers:
            aws.client(service).meta.events.register(f"{event}.{service}", handler)
    try:
        yield
    finally:
        for service in SERVICES:
            for event, handler in handlers:
                aws.client(service).meta.events.unregister(f"{event}.{service}", handler)


def deaths_until_done(command: Callable[[Callable[[str], object]], None]) -> int:
    """Run a command again and again, each time one change further; return how often it died."""
    made: set[str] = set()
    with one_change_further(made):
        for deaths in range(200):
            try:
                command(lambda line: None)
            except Died:
                continue
            return deaths
    pytest.fail("it never came to its end")


@pytest.fixture
def undisturbed() -> dict[str, Any]:
    """What AWS holds after a provisioning that nothing disturbed."""
    with mock_aws(), complete_queue_attributes():
        wiring.forget()
        provision(lambda line: None)
        return everything()


def test_a_provisioning_that_dies_after_each_change_ends_like_an_undisturbed_one(
    undisturbed: dict[str, Any], empty_aws: None
) -> None:
    deaths = deaths_until_done(provision)
    tables, queues, expiring = len(WITH_DEATHS), 4, 1
    assert deaths >= tables + queues + expiring
    assert everything() == undisturbed


def test_changed_settings_are_carried_out_by_a_provisioning_that_dies_after_each_change(
    empty_aws: None, set_config: Configure
) -> None:
    set_config(feed_read_capacity="50", feed_write_capacity="100")
    provision(lambda line: None)
    production = {"environment": "production", "name_prefix": get_config().name_prefix}
    set_config(feed_write_capacity="200", function_timeout_seconds="60", **production)
    deaths = deaths_until_done(provision)
    protected, restorable, capacity_and_its_note, queues = len(WITH_DEATHS), 2, 2, 2
    assert deaths >= protected + restorable + capacity_and_its_note + queues
    assert throughput_of("feeds") == (50, 200)
    lines: list[str] = []
    provision(lines.append)
    assert [line for line in lines if not line.endswith(": is there")] == []


def test_a_teardown_that_dies_after_each_deletion_leaves_nothing(empty_aws: None) -> None:
    provision(lambda line: None)
    deaths = deaths_until_done(teardown)
    tables, queues, bucket = len(WITH_DEATHS), 4, 1
    assert deaths >= tables + queues + bucket
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []
    assert aws.client("s3").list_buckets()["Buckets"] == []


def test_a_table_whose_deletion_is_under_way_is_made_anew_once_it_is_gone(empty_aws: None) -> None:
    provision(lambda line: None)
    deleting = everything()["tables"]["budgets"]["TableName"]
    client = aws.client("dynamodb")

    def begin_to_delete(parsed: dict[str, Any], **_: object) -> None:
        if parsed.get("Table", {}).get("TableName") == deleting:
            client.meta.events.unregister("after-call.dynamodb.DescribeTable", begin_to_delete)
            client.delete_table(TableName=deleting)
            parsed["Table"]["TableStatus"] = "DELETING"

    client.meta.events.register("after-call.dynamodb.DescribeTable", begin_to_delete)
    lines: list[str] = []
    provision(lines.append)
    assert f"table {deleting}: created" in lines
