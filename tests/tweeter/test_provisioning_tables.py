"""Provisioning changes tables that are there, unless their data would be lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError

from tests.configuration import Configure
from tests.faults import fault
from tests.tweeter.provisioned import (
    described,
    expiring_tables,
    line_of,
    lines_of,
    refusal,
    restorable_tables,
    throughput_of,
)
from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning import provision
from tweeter.provisioning.tables import provision_tables
from tweeter.tables import all_tables

KEY = [{"AttributeName": "account_id", "KeyType": "HASH"}]
PRECIOUS = {spec.short_name for spec in all_tables() if spec.precious}


def update(table: str, **changes: Any) -> None:
    """Change a table by hand."""
    aws.client("dynamodb").update_table(TableName=get_config().table_name(table), **changes)


def update_expiry(table: str, attribute: str, *, on: bool) -> None:
    aws.client("dynamodb").update_time_to_live(
        TableName=get_config().table_name(table),
        TimeToLiveSpecification={"Enabled": on, "AttributeName": attribute},
    )


def create_otherwise(table: str, **definition: Any) -> None:
    """Make a table by hand, on demand, with other keys than its model's."""
    attributes = definition.pop("attributes")
    aws.client("dynamodb").create_table(
        TableName=get_config().table_name(table),
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in attributes.items()
        ],
        **definition,
    )


def forget_notes(table: str) -> None:
    """Leave a table as it was made before throughput was noted on it."""
    aws.client("dynamodb").untag_resource(
        ResourceArn=described(table)["TableArn"], TagKeys=["tweeter:configured-throughput"]
    )


def provisioned() -> list[str]:
    """Provision what this file is about, in production as well: not the function on Lambda."""
    lines: list[str] = []
    provision(lines.append)
    return lines


def production(set_config: Configure) -> None:
    prefix = get_config().name_prefix
    set_config(environment="production", name_prefix=prefix, allowed_hosts="example.org")


def test_a_changed_capacity_is_carried_out(empty_aws: None, set_config: Configure) -> None:
    set_config(feed_read_capacity="50", feed_write_capacity="100")
    lines_of("provision")
    set_config(feed_write_capacity="200")
    assert line_of("feeds", lines_of("provision")) == "100 -> 200 WCU"
    assert throughput_of("feeds") == (50, 200)
    assert line_of("feeds", lines_of("provision")) == "is there"


def test_what_an_operator_set_outlives_provisioning(empty_aws: None, set_config: Configure) -> None:
    set_config(feed_read_capacity="50", feed_write_capacity="100")
    lines_of("provision")
    lines_of("capacity", "feeds", "--write", "300")
    for _ in range(2):
        line = line_of("feeds", lines_of("provision"))
        assert line == "keeps 50 RCU and 300 WCU instead of the configured 50 RCU and 100 WCU"
    assert throughput_of("feeds") == (50, 300)


def test_a_setting_changed_later_replaces_what_an_operator_set(
    empty_aws: None, set_config: Configure
) -> None:
    set_config(feed_read_capacity="50", feed_write_capacity="100")
    lines_of("provision")
    lines_of("capacity", "feeds", "--write", "300")
    set_config(feed_read_capacity="60")
    assert line_of("feeds", lines_of("provision")) == "50 -> 60 RCU, 300 -> 100 WCU"
    assert throughput_of("feeds") == (60, 100)


def test_a_table_from_before_there_were_notes_keeps_its_capacity_until_the_setting_changes(
    empty_aws: None, set_config: Configure
) -> None:
    set_config(feed_read_capacity="50", feed_write_capacity="100")
    lines_of("provision")
    lines_of("capacity", "feeds", "--write", "300")
    forget_notes("feeds")
    assert line_of("feeds", lines_of("provision")).startswith("keeps 50 RCU and 300 WCU")
    set_config(feed_write_capacity="150")
    assert line_of("feeds", lines_of("provision")) == "300 -> 150 WCU"


def test_billing_by_hand_outlives_provisioning(empty_aws: None, set_config: Configure) -> None:
    lines_of("provision")
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}
    update("accounts", BillingMode="PROVISIONED", ProvisionedThroughput=units)
    update("feeds", BillingMode="PAY_PER_REQUEST")
    lines = lines_of("provision")
    assert line_of("accounts", lines) == "keeps 5 RCU and 7 WCU instead of the configured on demand"
    assert line_of("feeds", lines).startswith("keeps on demand instead")
    assert throughput_of("accounts") == (5, 7)
    assert throughput_of("feeds") == "on demand"


def test_a_table_on_demand_becomes_provisioned_when_that_is_what_changed(
    empty_aws: None, set_config: Configure
) -> None:
    lines_of("provision")
    update("feeds", BillingMode="PAY_PER_REQUEST")
    set_config(feed_read_capacity="5", feed_write_capacity="70")
    line = line_of("feeds", lines_of("provision"))
    assert line == "billing changed to provisioned, 5 RCU and 70 WCU"
    assert throughput_of("feeds") == (5, 70)


def note(table: str, value: str) -> None:
    """Note another configuration on a table, as if it was provisioned under that."""
    aws.client("dynamodb").tag_resource(
        ResourceArn=described(table)["TableArn"],
        Tags=[{"Key": "tweeter:configured-throughput", "Value": value}],
    )


def make_provisioned_by_configuration(table: str) -> None:
    """Leave a table as if it had been configured with capacity when last provisioned."""
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}
    update(table, BillingMode="PROVISIONED", ProvisionedThroughput=units)
    note(table, "5 RCU and 7 WCU")


def test_a_provisioned_table_goes_on_demand_when_that_is_what_changed(empty_aws: None) -> None:
    lines_of("provision")
    make_provisioned_by_configuration("accounts")
    assert line_of("accounts", lines_of("provision")) == "billing changed to on demand"
    assert throughput_of("accounts") == "on demand"
    assert line_of("accounts", lines_of("provision")) == "is there"


def test_a_refused_switch_to_on_demand_is_reported_and_made_up_for_later(empty_aws: None) -> None:
    lines_of("provision")
    make_provisioned_by_configuration("accounts")
    with (
        fault(
            "dynamodb",
            lambda: refusal("dynamodb", "LimitExceededException"),
            operation="UpdateTable",
        ),
        pytest.raises(CommandError, match=r"refused settings of \S+-accounts"),
    ):
        lines_of("provision")
    assert throughput_of("accounts") == (5, 7)
    assert line_of("accounts", lines_of("provision")) == "billing changed to on demand"


def test_a_refused_decrease_says_when_and_stops_nothing_else(
    empty_aws: None, set_config: Configure
) -> None:
    set_config(feed_write_capacity="100")
    lines_of("provision")
    set_config(feed_write_capacity="50")
    aws.client("dynamodb").delete_table(TableName=get_config().table_name("budgets"))
    lines: list[str] = []
    with fault(
        "dynamodb", lambda: refusal("dynamodb", "LimitExceededException"), operation="UpdateTable"
    ):
        refused = provision_tables(lines.append)
    assert refused == [get_config().table_name("feeds")]
    line = line_of("feeds", lines)
    assert line.startswith("refused: AWS allows no decrease of feeds now")
    assert "the next one at" in line
    assert line_of("budgets", lines) == "created"


@pytest.mark.parametrize(
    ("table", "definition", "reason"),
    [
        (
            "accounts",
            {
                "attributes": {"account_id": "S", "alias": "S"},
                "KeySchema": [*KEY, {"AttributeName": "alias", "KeyType": "RANGE"}],
            },
            r"its key is \(account_id, alias\), the model's \(account_id\)",
        ),
        (
            "accounts",
            {"attributes": {"account_id": "N"}, "KeySchema": KEY},
            "attribute account_id is of type N, the model's of S",
        ),
        (
            "follows",
            {
                "attributes": {"roster": "S", "member": "S"},
                "KeySchema": [
                    {"AttributeName": "roster", "KeyType": "HASH"},
                    {"AttributeName": "member", "KeyType": "RANGE"},
                ],
            },
            r"index members_by_follow_time is missing, the model's \(roster, position\) with KEYS_",
        ),
    ],
)
def test_a_table_that_would_lose_its_data_is_refused_before_anything_is_changed(
    empty_aws: None, table: str, definition: dict[str, Any], reason: str
) -> None:
    create_otherwise(table, **definition)
    name = get_config().table_name(table)
    with pytest.raises(CommandError, match=reason) as caught:
        lines_of("provision")
    assert name in str(caught.value)
    assert "without the data" in str(caught.value)
    assert aws.client("dynamodb").list_tables()["TableNames"] == [name]


def test_expiry_follows_the_models_both_ways(empty_aws: None) -> None:
    lines_of("provision")
    update_expiry("sessions", "expires_at", on=False)
    update_expiry("statuses", "expires_at", on=True)
    lines = lines_of("provision")
    assert line_of("sessions", lines) == "expiry switched on"
    assert line_of("statuses", lines) == "expiry switched off"
    assert expiring_tables() == {spec.short_name for spec in all_tables() if spec.expires}


def test_expiry_by_another_attribute_is_refused(empty_aws: None) -> None:
    lines_of("provision")
    update_expiry("sessions", "expires_at", on=False)
    update_expiry("sessions", "created_at", on=True)
    lines: list[str] = []
    assert provision_tables(lines.append) == [get_config().table_name("sessions")]
    assert "removes items by created_at, not expires_at" in line_of("sessions", lines)


def test_production_is_protected_and_what_is_precious_restorable(
    empty_aws: None, set_config: Configure
) -> None:
    production(set_config)
    assert all(line.endswith(": created") for line in provisioned())
    assert all(described(spec.short_name)["DeletionProtectionEnabled"] for spec in all_tables())
    assert restorable_tables() == PRECIOUS


def test_tables_that_become_production_s_are_protected_then(
    empty_aws: None, set_config: Configure
) -> None:
    provisioned()
    assert restorable_tables() == set()
    production(set_config)
    lines = provisioned()
    assert line_of("accounts", lines) == "protected from deletion, recovery switched on"
    assert line_of("sessions", lines) == "protected from deletion"
    assert restorable_tables() == PRECIOUS
    assert line_of("accounts", provisioned()) == "is there"


def test_recovery_waits_until_aws_has_prepared_the_backups(
    empty_aws: None, set_config: Configure
) -> None:
    production(set_config)
    unprepared = [refusal("dynamodb", "ContinuousBackupsUnavailableException")] * 3
    pauses: list[float] = []
    with fault(
        "dynamodb",
        lambda: unprepared.pop() if unprepared else None,
        operation="UpdateContinuousBackups",
    ):
        assert provision_tables(lambda line: None, pauses.append) == []
    assert len(pauses) == 3
    assert restorable_tables() == PRECIOUS


def test_a_protected_installation_is_not_torn_down(empty_aws: None, set_config: Configure) -> None:
    production(set_config)
    provisioned()
    set_config(environment="test")
    update("feeds", DeletionProtectionEnabled=False)
    with pytest.raises(CommandError, match="--no-deletion-protection-enabled") as caught:
        lines_of("teardown", "--yes")
    assert get_config().table_name("accounts") in str(caught.value)
    assert get_config().table_name("feeds") not in str(caught.value)
    lines = provisioned()
    assert not [line for line in lines if line.endswith(": created")]
