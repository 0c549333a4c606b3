"""The DynamoDB tables of accounts, sessions and follows.

The sentence below each attribute stands in docs/data-model.md, too (`make data-model`).
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import KeysOnlyProjection, LocalSecondaryIndex

from tweeter.dynamodb import Table, table_name


class AccountModel(Table):
    """One item an account. Its alias in lower case is the key, which makes aliases unique.

    Once it is closed, only the key, `story_tag`, `picture_key`, the counts and `closed_at` are left
    of it; once it is removed, `expires_at` instead of the picture's key and the counts.
    """

    class Meta:
        table_name = table_name("accounts")

    account_id = UnicodeAttribute(hash_key=True)
    """The alias in lower case, which never changes: the name of the account everywhere."""
    alias = UnicodeAttribute()
    """As its owner wrote it."""
    name = UnicodeAttribute()
    """As its owner chose it."""
    password_hash = UnicodeAttribute()
    """Argon2id, as Django writes it."""
    credentials_version = NumberAttribute()
    """Grows with each new password; sessions of an older version are over."""
    picture_key = UnicodeAttribute(null=True)
    """S3 key; absent for the default picture."""
    story_tag = UnicodeAttribute()
    """16 random hexadecimal digits: the partition of its statuses, and the end of their ids."""
    last_status_id = UnicodeAttribute()
    """The newest status ever posted, empty before the first: the clock of follows."""
    followers_count = NumberAttribute()
    """Changed in the transaction that changes what it counts, as the next two are."""
    following_count = NumberAttribute()
    """Accounts that it follows."""
    statuses_count = NumberAttribute()
    """Statuses that are not deleted."""
    posts_window = NumberAttribute(null=True)
    """Start of the window of the limit of posts, in seconds; absent before the first post."""
    posts_in_window = NumberAttribute(null=True)
    """Posts in that window."""
    created_at = NumberAttribute()
    """Microseconds since the epoch."""
    closed_at = NumberAttribute(null=True)
    """When its owner deleted it, in microseconds; absent while it is in use."""
    expires_at = NumberAttribute(null=True)
    """When the alias of a closed account is free again, in seconds."""


class SessionModel(Table):
    """One item a session, in its account's partition, so that both are read by one batch get."""

    class Meta:
        table_name = table_name("sessions")

    account_id = UnicodeAttribute(hash_key=True)
    """Whose it is."""
    token_hash = UnicodeAttribute(range_key=True)
    """SHA-256 of the token's secret, in hexadecimal."""
    credentials_version = NumberAttribute()
    """The account's when the session began; it must still be that."""
    used_at = NumberAttribute()
    """The last use that was written down, in microseconds since the epoch."""
    expires_at = NumberAttribute()
    """The end, in seconds, compared at each use: DynamoDB's TTL only cleans up."""


class NewestFirst(LocalSecondaryIndex["FollowModel"]):  # type: ignore[no-untyped-call]
    """A roster's members by the time of their follow; consistent, unlike a global index."""

    class Meta:
        index_name = "members_by_follow_time"
        projection = KeysOnlyProjection()

    roster = UnicodeAttribute(hash_key=True)
    position = UnicodeAttribute(range_key=True)


class FollowModel(Table):
    """Two items a follow: in the follower's roster `alice#following`, and in the followee's
    `bob#followers`. Both directions are the same query."""

    class Meta:
        table_name = table_name("follows")

    roster = UnicodeAttribute(hash_key=True)
    """Account, `#`, and `followers` or `following`."""
    member = UnicodeAttribute(range_key=True)
    """The account that stands in the roster."""
    position = UnicodeAttribute()
    """Time of the follow in 16 hexadecimal digits, then the member: unique, ascending."""
    since = UnicodeAttribute()
    """The followee's last status at that moment; the follow is for newer ones."""
    newest_first = NewestFirst()


class FormerFollowModel(Table):
    """One item a past follow during which the followee posted: deliveries may still need it."""

    class Meta:
        table_name = table_name("former-follows")

    followee = UnicodeAttribute(hash_key=True)
    """Who was followed."""
    ended = UnicodeAttribute(range_key=True)
    """The followee's last status at the end of the follow, `#`, the follower."""
    since = UnicodeAttribute()
    """As in `follows`."""
    expires_at = NumberAttribute()
    """30 days later, in seconds: no message that could need it lives as long."""


class AttemptModel(Table):
    """One item a counter, of one subject within one window of time, or an address that is known."""

    class Meta:
        table_name = table_name("attempts")

    subject = UnicodeAttribute(hash_key=True)
    """Kind, `#`, and 128 bits of a keyed hash of window, alias, address or account."""
    attempts = NumberAttribute(null=True)
    """How many in this window; absent of an address that is known."""
    expires_at = NumberAttribute()
    """End of the window, or until when the address is known, in seconds."""
