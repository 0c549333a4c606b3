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


LINE = "feeds"
"""The one partition of plans: whoever waits for the feed table's capacity."""


class PlanModel(Table):
    """One item a fan-out in line: how far its followers have been cut into chunks."""

    class Meta:
        table_name = table_name("line")

    line = UnicodeAttribute(hash_key=True)
    status_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    followers = NumberAttribute()  # about how many feeds it has to reach
    promised = BooleanAttribute()  # to be in time, as things stood when it joined
    started_at = NumberAttribute()  # microseconds since the epoch
    position = UnicodeAttribute(null=True)  # where reading the followers goes on
    next_chunk = NumberAttribute()
    planned = NumberAttribute()
    rests_until = NumberAttribute(null=True)  # microseconds since the epoch
    request_id = UnicodeAttribute(null=True)


class ProgressModel(Table):
    """One item for each 200 chunks of a status: which are written, and how many feeds they are.

    The first also holds what the fan-out came to, once all of its followers have been planned.
    """

    class Meta:
        table_name = table_name("progress")

    status_id = UnicodeAttribute(hash_key=True)
    segment = UnicodeAttribute(range_key=True)  # a number in six digits
    finished_chunks: NumberSetAttribute = NumberSetAttribute(null=True)
    delivered = NumberAttribute(null=True)
    updated_at = NumberAttribute(null=True)  # microseconds since the epoch
    planned = NumberAttribute(null=True)
    chunks = NumberAttribute(null=True)
    started_at = NumberAttribute(null=True)  # microseconds since the epoch


class BudgetModel(Table):
    """One item for the feed table: how much of its write capacity is given away, and saved."""

    class Meta:
        table_name = table_name("budgets")

    resource = UnicodeAttribute(hash_key=True)
    revision = NumberAttribute(null=True)
    given_until = NumberAttribute(null=True)  # microseconds since the epoch
    peak_until = NumberAttribute(null=True)  # microseconds since the epoch
    saved = NumberAttribute(null=True)  # entries
    trusted = BooleanAttribute(null=True)
    trial_status_id = UnicodeAttribute(null=True)
    trial_chunk = NumberAttribute(null=True)
    next_turns_at = NumberAttribute(null=True)  # microseconds since the epoch
    open_to_small = BooleanAttribute(null=True)
