"""Damaging what is stored, past everything that writes it."""

from __future__ import annotations

from typing import Any

from tweeter import aws
from tweeter.config import get_config


def damage(table: str, key: dict[str, str], attributes: dict[str, Any]) -> None:
    """Set attributes of an item as DynamoDB keeps them, or take away those that are None."""
    aws.client("dynamodb").update_item(
        TableName=get_config().table_name(table),
        Key={name: {"S": value} for name, value in key.items()},
        AttributeUpdates={
            name: {"Action": "DELETE"} if value is None else {"Action": "PUT", "Value": value}
            for name, value in attributes.items()
        },
    )


def damage_status(status_id: str, attributes: dict[str, Any]) -> None:
    """Damage a status."""
    damage("statuses", {"story_tag": status_id[16:], "status_id": status_id}, attributes)
