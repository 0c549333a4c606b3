"""The DynamoDB tables of statuses; docs/data-model.md explains their keys."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from tweeter.dynamodb import Table, table_name


class StatusModel(Table):
    """One item a status, in its author's story; a story is one partition, in order."""

    class Meta:
        table_name = table_name("statuses")

    story_tag = UnicodeAttribute(hash_key=True)
    status_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    text = UnicodeAttribute()
    mentions: ListAttribute[MapAttribute[str, Any]] = ListAttribute()
    links: ListAttribute[MapAttribute[str, Any]] = ListAttribute()
    followers = NumberAttribute()


class ReceiptModel(Table):
    """One item an idempotency key, for the 24 hours in which it gives the same status again."""

    class Meta:
        table_name = table_name("receipts")

    receipt_id = UnicodeAttribute(hash_key=True)  # account, "#", SHA-256 of the key
    text_hash = UnicodeAttribute()
    status_id = UnicodeAttribute()
    expires_at = NumberAttribute()  # seconds since the epoch
