"""Damaging what is stored, past everything that writes it."""

from __future__ import annotations

from typing import Any

from tweeter import aws
from tweeter.config import get_config


def damage(table: str, key: dict[str, str], attributes: dict[str, Any]) -> None:
    """Set attributes of an item as DynamoDB keeps them, or take away those that are None."""
    dynamodb, table_name = aws.client("dynamodb"), get_config().table_name(table)
    where = {name: {"S": value} for name, value in key.items()}
    item = dynamodb.get_item(TableName=table_name, Key=where).get("Item", where) | attributes
    left = {name: value for name, value in item.items() if value is not None}
    dynamodb.put_item(TableName=table_name, Item=left)


def damage_status(status_id: str, attributes: dict[str, Any]) -> None:
    """Damage a status."""
    damage("statuses", {"story_tag": status_id[16:], "status_id": status_id}, attributes)
