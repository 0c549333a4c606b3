"""The DynamoDB tables of statuses.

The sentence below each attribute stands in docs/data-model.md, too (`make data-model`).
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from tweeter.dynamodb import Table, table_name


class StatusModel(Table):
    """One item a status, in its author's story; a story is one partition, in order."""

    class Meta:
        table_name = table_name("statuses")

    story_tag = UnicodeAttribute(hash_key=True)
    """The author's."""
    status_id = UnicodeAttribute(range_key=True)
    """16 hexadecimal digits of the microseconds since the epoch, then the story tag."""
    author_id = UnicodeAttribute()
    """The account."""
    text = UnicodeAttribute()
    """1 to 280 code points, in NFC."""
    mentions: ListAttribute[MapAttribute[str, Any]] = ListAttribute()
    """Maps of `alias`, as its owner chose it, `start` and `end`, in code points."""
    links: ListAttribute[MapAttribute[str, Any]] = ListAttribute()
    """Maps of `url`, `start` and `end`."""
    followers = NumberAttribute()
    """The author's count when posting; 0 exactly where nobody is to get it."""


class ReceiptModel(Table):
    """One item an idempotency key, for the 24 hours in which it gives the same status again."""

    class Meta:
        table_name = table_name("receipts")

    receipt_id = UnicodeAttribute(hash_key=True)
    """Account, `#`, SHA-256 of the key in hexadecimal."""
    text_hash = UnicodeAttribute()
    """SHA-256 of the text, in hexadecimal."""
    status_id = UnicodeAttribute()
    """What was posted with the key."""
    expires_at = NumberAttribute()
    """24 hours later, in seconds; compared when read."""
