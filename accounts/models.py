"""The DynamoDB tables of accounts, sessions and follows; docs/data-model.md explains their keys."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import KeysOnlyProjection, LocalSecondaryIndex

from tweeter.dynamodb import Table, table_name


class AccountModel(Table):
    """One item an account. Its alias in lower case is the key, which makes aliases unique."""

    class Meta:
        table_name = table_name("accounts")

    account_id = UnicodeAttribute(hash_key=True)
    alias = UnicodeAttribute()
    name = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    credentials_version = NumberAttribute()
    picture_key = UnicodeAttribute(null=True)
    story_tag = UnicodeAttribute()
    last_status_id = UnicodeAttribute()
    followers_count = NumberAttribute()
    following_count = NumberAttribute()
    statuses_count = NumberAttribute()
    posts_window = NumberAttribute(null=True)  # seconds since the epoch; absent before the first
    posts_in_window = NumberAttribute(null=True)
    created_at = NumberAttribute()  # microseconds since the epoch
    closed_at = NumberAttribute(null=True)  # the same; of an account that its owner has deleted
    expires_at = NumberAttribute(null=True)  # seconds since the epoch; when its alias is free again


class SessionModel(Table):
    """One item a session, in its account's partition, so that both are read by one batch get."""

    class Meta:
        table_name = table_name("sessions")

    account_id = UnicodeAttribute(hash_key=True)
    token_hash = UnicodeAttribute(range_key=True)
    credentials_version = NumberAttribute()
    used_at = NumberAttribute()  # microseconds since the epoch
    expires_at = NumberAttribute()  # seconds since the epoch; DynamoDB's TTL only cleans up


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
    member = UnicodeAttribute(range_key=True)
    position = UnicodeAttribute()  # time of the follow, then the member: unique, ascending
    since = UnicodeAttribute()  # the followee's last status at that time
    newest_first = NewestFirst()


class FormerFollowModel(Table):
    """One item a past follow during which the followee posted: deliveries may still need it."""

    class Meta:
        table_name = table_name("former-follows")

    followee = UnicodeAttribute(hash_key=True)
    ended = UnicodeAttribute(range_key=True)  # the followee's last status then, "#", the follower
    since = UnicodeAttribute()
    expires_at = NumberAttribute()  # seconds since the epoch; long after any message has died


class AttemptModel(Table):
    """One item a counter, of one subject within one window of time, or an address that is known."""

    class Meta:
        table_name = table_name("attempts")

    subject = UnicodeAttribute(hash_key=True)  # kind, "#", a keyed hash of the rest
    attempts = NumberAttribute(null=True)
    expires_at = NumberAttribute()  # seconds since the epoch, the end of the window
