"""All that is stored, for tests to compare and to look through."""

from __future__ import annotations

from typing import Any

from tweeter import aws
from tweeter.config import get_config
from tweeter.tables import all_tables


def items(table: str) -> list[dict[str, Any]]:
    """Return every item of a table as DynamoDB keeps it, in an order of its own."""
    answer = aws.client("dynamodb").scan(TableName=get_config().table_name(table))
    return sorted(answer["Items"], key=repr)


def everything() -> dict[str, Any]:
    """Return every item of every table, and the keys in the bucket."""
    pictures = aws.client("s3").list_objects_v2(Bucket=get_config().picture_bucket)
    keys = sorted(entry["Key"] for entry in pictures.get("Contents", []))
    return {spec.short_name: items(spec.short_name) for spec in all_tables()} | {"pictures": keys}
