"""The DynamoDB tables of feeds and their delivery.

The sentence below each attribute stands in docs/data-model.md, too (`make data-model`).
"""

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
    """Whose feed it is."""
    status_id = UnicodeAttribute(range_key=True)
    """The status: ids sort by time."""
    author_id = UnicodeAttribute()
    """Its author, so that both are found by one batch get."""


LINE = "feeds"
"""The one partition of plans: whoever waits for the feed table's capacity."""


class PlanModel(Table):
    """One item a fan-out in line: how far its followers have been cut into chunks."""

    class Meta:
        table_name = table_name("line")

    line = UnicodeAttribute(hash_key=True)
    """Always `feeds`."""
    status_id = UnicodeAttribute(range_key=True)
    """What is delivered: the line is in order of posting."""
    author_id = UnicodeAttribute()
    """Whose followers get it."""
    followers = NumberAttribute()
    """About how many feeds it has to reach."""
    promised = BooleanAttribute()
    """Whether it would be in time if those before it went first, when it joined."""
    started_at = NumberAttribute()
    """When it joined, in microseconds since the epoch."""
    position = UnicodeAttribute(null=True)
    """Where reading the followers goes on; absent at their beginning."""
    next_chunk = NumberAttribute()
    """Number of the next chunk."""
    planned = NumberAttribute()
    """Feeds in the chunks so far."""
    behind = NumberAttribute(null=True)
    """16 bits of the last one of these; absent before the first."""
    rests_until = NumberAttribute(null=True)
    """Until when it has no turns, in microseconds; absent unless it could not be cut."""
    request_id = UnicodeAttribute(null=True)
    """Of the post, for the log; absent where unknown."""


class ProgressModel(Table):
    """One item for each 80 chunks of a status: which are written, and how many feeds they are.

    The first also holds what the fan-out came to, once all of its followers have been planned.
    """

    class Meta:
        table_name = table_name("progress")

    status_id = UnicodeAttribute(hash_key=True)
    """What is delivered."""
    segment = UnicodeAttribute(range_key=True)
    """A number in six digits: that of a chunk, divided by 80."""
    finished_chunks: NumberSetAttribute = NumberSetAttribute(null=True)
    """Chunks that are written, each once: number, 16 bits of its beginning, 16 of its end."""
    delivered = NumberAttribute(null=True)
    """Feeds in them."""
    updated_at = NumberAttribute(null=True)
    """When the last was finished, in microseconds since the epoch."""
    planned = NumberAttribute(null=True)
    """First segment only: feeds in all, once all followers are planned."""
    chunks = NumberAttribute(null=True)
    """The same: chunks in all."""
    last = NumberAttribute(null=True)
    """The same: 16 bits of the end; when finished chunks lead to it, the delivery is over."""
    started_at = NumberAttribute(null=True)
    """The same: when the fan-out began, in microseconds."""


class BudgetModel(Table):
    """One item for the feed table: how much of its write capacity is given away, and saved."""

    class Meta:
        table_name = table_name("budgets")

    resource = UnicodeAttribute(hash_key=True)
    """Always `feeds`."""
    revision = NumberAttribute(null=True)
    """A random number, new with every change, each of which is on condition of the one before."""
    given_until = NumberAttribute(null=True)
    """Until when the provisioned capacity is given away, in microseconds."""
    peak_until = NumberAttribute(null=True)
    """Until when what is given away keeps the partitions at their peak, in microseconds."""
    saved = NumberAttribute(null=True)
    """Entries that may be written on capacity saved up before."""
    trusted = BooleanAttribute(null=True)
    """Whether a trial has shown that it is really there."""
    trial_status_id = UnicodeAttribute(null=True)
    """Status of the chunk that is the trial under way."""
    trial_chunk = NumberAttribute(null=True)
    """Number of that chunk."""
    trial_ends_at = NumberAttribute(null=True)
    """Until when it may show something, in microseconds."""
    next_turns_at = NumberAttribute(null=True)
    """Until when the planner's last run is in charge, in microseconds; 0 with nobody in line."""
    open_to_small = BooleanAttribute(null=True)
    """Whether fan-outs of one chunk may go before the line."""
    rate = NumberAttribute(null=True)
    """Entries a second, in the mean, at which what is given away comes in."""
