"""What the feeds hold of many statuses, read in one pass by bare boto3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.fanout.service import Posted
from bench.feed_check import FeedCheck, check_feeds
from tweeter import aws
from tweeter.config import get_config


def check_all(posts: Sequence[Posted]) -> FeedCheck:
    """Compare the whole feeds table with the rosters of all authors; the sums over all statuses.

    Entries of statuses that nobody posted count as unexpected.
    """
    if len(posts) == 1:
        return check_feeds(posts[0].author, posts[0].status_id)
    held = _held()
    rosters = {author: _followers(author) for author in {post.author for post in posts}}
    due = Counter((post.status_id, follower) for post in posts for follower in rosters[post.author])
    exact = sum(1 for entry in due if held[entry] == 1)
    return FeedCheck(
        entries=held.total(),
        exact=exact,
        missing=len(due) - exact,
        unexpected=len(held.keys() - due.keys()),
    )


def _held() -> Counter[tuple[str, str]]:
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=get_config().table_name("feeds"), ConsistentRead=True)
    )
    return Counter(
        (item["status_id"]["S"], item["owner_id"]["S"]) for page in pages for item in page["Items"]
    )


def _followers(author: str) -> set[str]:
    pages = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=get_config().table_name("follows"),
            KeyConditionExpression="roster = :roster",
            ExpressionAttributeValues={":roster": {"S": f"{author}#followers"}},
            ConsistentRead=True,
        )
    )
    return {item["member"]["S"] for page in pages for item in page["Items"]}
