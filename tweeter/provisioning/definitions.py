"""What the models say of their tables: for CreateTable, and to compare with what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tweeter.tables import TableSpec

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef


def definition(spec: TableSpec) -> dict[str, Any]:
    """Return a table's definition in the terms of CreateTable, with its configured throughput."""
    schema = spec.model.schema()
    defined: dict[str, Any] = {
        "TableName": spec.full_name,
        "KeySchema": _partition_key_first(schema["key_schema"]),
        "AttributeDefinitions": schema["attribute_definitions"],
    }
    indexes = schema["local_secondary_indexes"]
    if indexes:
        defined["LocalSecondaryIndexes"] = [
            {
                "IndexName": index["index_name"],
                "KeySchema": _partition_key_first(index["key_schema"]),
                "Projection": index["projection"],
            }
            for index in indexes
        ]
    if spec.capacity is None:
        return defined | {"BillingMode": "PAY_PER_REQUEST"}
    throughput = {
        "ReadCapacityUnits": spec.capacity.read,
        "WriteCapacityUnits": spec.capacity.write,
    }
    return defined | {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}


def differences(spec: TableSpec, present: TableDescriptionTypeDef) -> Iterator[str]:
    """Yield in which ways a table is another one than its model's, as clauses of a sentence.

    These are what UpdateTable cannot change: keys, their types, and local indexes (AWS: API
    reference, UpdateTable). Only a new table could have them otherwise, without the data.
    """
    wanted = definition(spec)
    has, needs = _keys(present["KeySchema"]), _keys(wanted["KeySchema"])
    if has != needs:
        yield f"its key is ({has}), the model's ({needs})"
    types = _types(present["AttributeDefinitions"])
    for attribute, kind in _types(wanted["AttributeDefinitions"]).items():
        # One without a type is in none of its keys and indexes, which differ then.
        if types.get(attribute, kind) != kind:
            yield f"its attribute {attribute} is of type {types[attribute]}, the model's of {kind}"
    present_indexes = _indexes(present.get("LocalSecondaryIndexes", []))
    wanted_indexes = _indexes(wanted.get("LocalSecondaryIndexes", []))
    for name in sorted(present_indexes.keys() | wanted_indexes.keys()):
        has = present_indexes.get(name, "missing")
        needs = wanted_indexes.get(name, "missing")
        if has != needs:
            yield f"its local index {name} is {has}, the model's {needs}"


def _keys(schema: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(key["AttributeName"] for key in _partition_key_first(schema))


def _types(attributes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {each["AttributeName"]: each["AttributeType"] for each in attributes}


def _indexes(indexes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each index is, by its name: its keys and what it projects."""
    described = {}
    for index in indexes:
        projection = index["Projection"]
        attributes = sorted(projection.get("NonKeyAttributes", []))
        projected = ", ".join([projection["ProjectionType"], *attributes])
        described[index["IndexName"]] = f"({_keys(index['KeySchema'])}) with {projected}"
    return described


def _partition_key_first(keys: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(keys, key=lambda key: str(key["KeyType"]))  # HASH before RANGE, as AWS demands
