"""Waiting for DynamoDB to finish what it was asked to do with a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tweeter import aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WaiterConfigTypeDef

_WAIT: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 120}  # seconds


def wait_until_active(name: str) -> None:
    """Return when a table is made and no change of it is under way: until then AWS refuses any."""
    aws.client("dynamodb").get_waiter("table_exists").wait(TableName=name, WaiterConfig=_WAIT)


def wait_until_gone(name: str) -> None:
    """Return when a table that is being deleted is gone, so that its name is free again."""
    aws.client("dynamodb").get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=_WAIT)
