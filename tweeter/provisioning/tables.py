"""The DynamoDB tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tweeter import aws
from tweeter.tables import TableSpec, all_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WaiterConfigTypeDef

_WAIT: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 120}


def provision_tables(report: Callable[[str], object]) -> None:
    """Create missing tables, side by side, and switch on the removal of expired items."""
    specs = all_tables()
    created = [spec for spec in specs if _create(spec)]
    client = aws.client("dynamodb")
    for spec in created:
        client.get_waiter("table_exists").wait(TableName=_name(spec), WaiterConfig=_WAIT)
        report(f"table {_name(spec)}: created")
    for spec in specs:
        expiry_switched_on = spec.expires and _switch_on_expiry(_name(spec))
        if spec in created:
            continue
        report(f"table {_name(spec)}: {'expiry switched on' if expiry_switched_on else 'is there'}")


def delete_tables(report: Callable[[str], object]) -> None:
    """Delete all tables."""
    client = aws.client("dynamodb")
    for spec in all_tables():
        try:
            client.delete_table(TableName=_name(spec))
        except client.exceptions.ResourceNotFoundException:
            report(f"table {_name(spec)}: was not there")
        else:
            report(f"table {_name(spec)}: deleted")


def _create(spec: TableSpec) -> bool:
    """Begin to create a table; return False if it is there."""
    client = aws.client("dynamodb")
    try:
        client.describe_table(TableName=_name(spec))
    except client.exceptions.ResourceNotFoundException:
        client.create_table(**_definition(spec))
        return True
    return False


def _definition(spec: TableSpec) -> dict[str, Any]:
    """Return a table's definition for CreateTable, from its model."""
    schema = spec.model.schema()
    definition: dict[str, Any] = {
        "TableName": _name(spec),
        "KeySchema": _partition_key_first(schema["key_schema"]),
        "AttributeDefinitions": schema["attribute_definitions"],
    }
    indexes = schema["local_secondary_indexes"]
    if indexes:
        definition["LocalSecondaryIndexes"] = [
            {
                "IndexName": index["index_name"],
                "KeySchema": _partition_key_first(index["key_schema"]),
                "Projection": index["projection"],
            }
            for index in indexes
        ]
    if spec.capacity is None:
        return definition | {"BillingMode": "PAY_PER_REQUEST"}
    throughput = {
        "ReadCapacityUnits": spec.capacity.read,
        "WriteCapacityUnits": spec.capacity.write,
    }
    return definition | {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}


def _switch_on_expiry(name: str) -> bool:
    """Have expired items removed; return False if they are already."""
    client = aws.client("dynamodb")
    present = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if present.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}:
        return False
    client.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
    )
    return True


def _name(spec: TableSpec) -> str:
    return spec.model.Meta.table_name


def _partition_key_first(keys: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(keys, key=lambda key: key["KeyType"])  # HASH before RANGE, as AWS demands
