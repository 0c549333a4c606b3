"""The DynamoDB tables of feeds and their delivery; docs/data-model.md explains their keys."""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)

from tweeter.dynamodb import Table, table_name


class FeedModel(Table):
    """One item a status and follower: a reference, far below 1 KB, and so exactly 1 WCU."""

    class Meta:
        table_name = table_name("feeds")

    owner_id = UnicodeAttribute(hash_key=True)
    status_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()


class PlanModel(Table):
    """One item a status under delivery: how far its followers have been cut into chunks."""

    class Meta:
        table_name = table_name("plans")

    status_id = UnicodeAttribute(hash_key=True)
    reached = UnicodeAttribute(null=True)  # where reading the followers goes on
    next_chunk = NumberAttribute()
    planned = NumberAttribute()
    complete = BooleanAttribute()
    started_at = NumberAttribute()  # microseconds since the epoch


class ProgressModel(Table):
    """One item for each 200 chunks of a status: which are written, and how many feeds they are."""

    class Meta:
        table_name = table_name("progress")

    status_id = UnicodeAttribute(hash_key=True)
    segment = UnicodeAttribute(range_key=True)  # a number in six digits
    finished_chunks: NumberSetAttribute = NumberSetAttribute()
    delivered = NumberAttribute()
    updated_at = NumberAttribute()  # microseconds since the epoch


class LedgerModel(Table):
    """One item for the feed table: until when its write capacity is reserved."""

    class Meta:
        table_name = table_name("ledger")

    resource = UnicodeAttribute(hash_key=True)
    reserved_until = NumberAttribute()  # microseconds since the epoch
