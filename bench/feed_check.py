"""What the tables hold after a delivery, read by bare boto3: nothing of the product is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.capacity.sizes import item_bytes
from tweeter import aws
from tweeter.config import get_config


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """Which feeds hold a status."""

    entries: int
    """Entries of the status, in whatever feeds."""
    exact: int
    """Followers whose feed holds it exactly once."""
    missing: int
    """Followers whose feed holds it not once but never or more often."""
    unexpected: int
    """Feeds that hold it although their owner is no follower."""


def check_feeds(author: str, status_id: str) -> FeedCheck:
    """Compare the whole feeds table with the whole roster of an author's followers."""
    client = aws.client("dynamodb")
    entries = client.get_paginator("scan").paginate(
        TableName=get_config().table_name("feeds"),
        FilterExpression="status_id = :status",
        ExpressionAttributeValues={":status": {"S": status_id}},
        ConsistentRead=True,
    )
    holders = Counter(item["owner_id"]["S"] for item in _items(entries))
    roster = client.get_paginator("query").paginate(
        TableName=get_config().table_name("follows"),
        KeyConditionExpression="roster = :roster",
        ExpressionAttributeValues={":roster": {"S": f"{author}#followers"}},
        ConsistentRead=True,
    )
    followers = {item["member"]["S"] for item in _items(roster)}
    exact = sum(1 for follower in followers if holders[follower] == 1)
    return FeedCheck(
        entries=holders.total(),
        exact=exact,
        missing=len(followers) - exact,
        unexpected=len(holders.keys() - followers),
    )


def largest_item_bytes(table: str) -> int:
    """Return the size of a table's largest item, by DynamoDB's rules; 0 for an empty table."""
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return max((item_bytes(item) for item in _items(pages)), default=0)


def _items(pages: Any) -> Iterator[dict[str, Any]]:
    for page in pages:
        yield from page["Items"]
