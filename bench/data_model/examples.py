"""An item of each table as it usually is, and how large it and its attributes can become."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accounts.models import (
    AccountModel,
    AttemptModel,
    FollowModel,
    FormerFollowModel,
    SessionModel,
)
from accounts.rules import MAX_ALIAS, MAX_NAME
from feeds.models import LINE, BudgetModel, FeedModel, PlanModel, ProgressModel
from statuses.models import ReceiptModel, StatusModel
from statuses.text import MAX_TEXT, find_links, find_mentions
from tweeter.clock import to_microseconds
from tweeter.dynamodb import Table

AT = datetime(2026, 11, 26, 8, 30, 15, 123457, UTC)
"""When everything in the examples happened."""
_MICROSECONDS = to_microseconds(AT)
_SECONDS = _MICROSECONDS // 1_000_000
TAG = "9f86d081884c7d65"
STATUS_ID = f"{_MICROSECONDS:016x}{TAG}"
HEX = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
ARGON2 = (
    "argon2$argon2id$v=19$m=19456,t=2,p=1$"
    "UlJ6bGlXQnpZdmFKbGJ0d1g0S1ZqMg$Hq4kIZ0Ee0gR5Cz2oYxJm3kSxkWcTjPqYb0rV8r1J6U"
)
_PICTURE = f"avatars/{HEX}-{TAG}.webp"
_LONG_ALIAS = "w" * MAX_ALIAS
_MANY = 9_999_999
_REQUEST = HEX  # as many characters as an id of a request may have
_FACE = "\N{GRINNING FACE}"
"""Of four bytes, the most that a character takes; as is the letter below, which a host may have."""
_FOUR_BYTE_LETTER = "\N{DESERET CAPITAL LETTER LONG I}"
_MENTION = f"{_FACE}@w"
"""The shortest text that makes a mention: what adds most to a status for each of its characters."""
_MENTIONING = (_MENTION * MAX_TEXT)[:MAX_TEXT]
_MENTIONING_LONGER = f"@www{_MENTION * MAX_TEXT}"[:MAX_TEXT]
"""As many mentions, with what is left for the aliases: a smaller status, of larger mentions."""
_LINKING = f"http://{_FOUR_BYTE_LETTER * MAX_TEXT}"[:MAX_TEXT]


def _large_status(text: str, *, mentioning: str, linking: str = "") -> StatusModel:
    """Return a status of one text, with the mentions of another and the links of a third."""
    return StatusModel(
        TAG,
        STATUS_ID,
        author_id=_LONG_ALIAS,
        text=text,
        mentions=[
            {"alias": span.value, "start": span.start, "end": span.end}
            for span in find_mentions(mentioning, ())
        ],
        links=[
            {"url": span.value, "start": span.start, "end": span.end}
            for span in find_links(linking)
        ],
        followers=_MANY,
    )


USUAL: dict[type[Table], Table] = {
    AccountModel: AccountModel(
        "grace_hopper",
        alias="Grace_Hopper",
        name="Grace Hopper",
        password_hash=ARGON2,
        credentials_version=1,
        picture_key=_PICTURE,
        story_tag=TAG,
        last_status_id=STATUS_ID,
        followers_count=1234,
        following_count=56,
        statuses_count=789,
        posts_window=_SECONDS - _SECONDS % 3_600,
        posts_in_window=3,
        created_at=_MICROSECONDS,
    ),
    SessionModel: SessionModel(
        "grace_hopper",
        HEX,
        credentials_version=1,
        used_at=_MICROSECONDS,
        expires_at=_SECONDS + 3_661,
    ),
    FollowModel: FollowModel(
        "grace_hopper#followers",
        "ada_lovelace",
        position=f"{_MICROSECONDS:016x}ada_lovelace",
        since=STATUS_ID,
    ),
    FormerFollowModel: FormerFollowModel(
        "grace_hopper",
        f"{STATUS_ID}#ada_lovelace",
        since=STATUS_ID,
        expires_at=_SECONDS + 2_592_000,
    ),
    AttemptModel: AttemptModel(f"sign-in#{HEX[:32]}", attempts=2, expires_at=_SECONDS + 300),
    StatusModel: StatusModel(
        TAG,
        STATUS_ID,
        author_id="grace_hopper",
        text="Hello @Ada_Lovelace, read https://example.org/notes",
        mentions=[{"alias": "Ada_Lovelace", "start": 6, "end": 19}],
        links=[{"url": "https://example.org/notes", "start": 26, "end": 51}],
        followers=1234,
    ),
    ReceiptModel: ReceiptModel(
        f"grace_hopper#{HEX}", text_hash=HEX, status_id=STATUS_ID, expires_at=_SECONDS + 86_400
    ),
    FeedModel: FeedModel("ada_lovelace", STATUS_ID, author_id="grace_hopper"),
    PlanModel: PlanModel(
        LINE,
        STATUS_ID,
        author_id="grace_hopper",
        followers=1234,
        promised=True,
        started_at=_MICROSECONDS,
        position="current:ada_lovelace",
        next_chunk=3,
        planned=300,
        behind=4_711,
        request_id=HEX[:32],
    ),
    ProgressModel: ProgressModel(
        STATUS_ID,
        "000000",
        finished_chunks={
            (number << 32) | ((4_711 * number) << 16) | (4_711 * (number + 1))
            for number in range(13)
        },
        delivered=1234,
        updated_at=_MICROSECONDS,
        planned=1234,
        chunks=13,
        last=13 * 4_711,
        started_at=_MICROSECONDS,
    ),
    BudgetModel: BudgetModel(
        "feeds",
        revision=1_733_092_511_405_269,
        given_until=_MICROSECONDS,
        peak_until=_MICROSECONDS,
        saved=27_512.345,
        trusted=True,
        next_turns_at=0,
        open_to_small=True,
        rate=100,
    ),
}

LARGEST: dict[type[Table], Table] = {  # of which each attribute is as large as it can be
    AccountModel: AccountModel(
        _LONG_ALIAS,
        alias=_LONG_ALIAS,
        name=_FACE * MAX_NAME,
        password_hash=ARGON2,
        credentials_version=_MANY,
        picture_key=_PICTURE,
        story_tag=TAG,
        last_status_id=STATUS_ID,
        followers_count=_MANY,
        following_count=_MANY,
        statuses_count=_MANY,
        posts_window=_SECONDS,
        posts_in_window=_MANY,
        created_at=_MICROSECONDS,
        closed_at=_MICROSECONDS,
        expires_at=_SECONDS,
    ),
    SessionModel: SessionModel(
        _LONG_ALIAS,
        HEX,
        credentials_version=_MANY,
        used_at=_MICROSECONDS,
        expires_at=_SECONDS,
    ),
    FollowModel: FollowModel(
        f"{_LONG_ALIAS}#followers",
        _LONG_ALIAS,
        position=f"{_MICROSECONDS:016x}{_LONG_ALIAS}",
        since=STATUS_ID,
    ),
    FormerFollowModel: FormerFollowModel(
        _LONG_ALIAS, f"{STATUS_ID}#{_LONG_ALIAS}", since=STATUS_ID, expires_at=_SECONDS
    ),
    AttemptModel: AttemptModel(
        f"sign-in-from-address#{HEX[:32]}", attempts=_MANY, expires_at=_SECONDS
    ),
    StatusModel: _large_status(_FACE * MAX_TEXT, mentioning=_MENTIONING_LONGER, linking=_LINKING),
    ReceiptModel: ReceiptModel(
        f"{_LONG_ALIAS}#{HEX}", text_hash=HEX, status_id=STATUS_ID, expires_at=_SECONDS
    ),
    FeedModel: FeedModel(_LONG_ALIAS, STATUS_ID, author_id=_LONG_ALIAS),
    PlanModel: PlanModel(
        LINE,
        STATUS_ID,
        author_id=_LONG_ALIAS,
        followers=_MANY,
        promised=True,
        started_at=_MICROSECONDS,
        position=f"former:{STATUS_ID}#{_LONG_ALIAS}",
        next_chunk=_MANY,
        planned=_MANY,
        behind=0xFFFF,
        rests_until=_MICROSECONDS,
        request_id=_REQUEST,
    ),
    ProgressModel: ProgressModel(
        STATUS_ID,
        "001249",
        finished_chunks={(number << 32) | 0xFFFFFFFF for number in range(99_920, 100_000)},
        delivered=_MANY,
        updated_at=_MICROSECONDS,
        planned=_MANY,
        chunks=100_000,
        last=0xFFFF,
        started_at=_MICROSECONDS,
    ),
    BudgetModel: BudgetModel(
        "feeds",
        revision=2_251_799_813_685_247,
        given_until=_MICROSECONDS,
        peak_until=_MICROSECONDS,
        saved=12_345_678.901,
        trusted=True,
        trial_status_id=STATUS_ID,
        trial_chunk=_MANY,
        trial_ends_at=_MICROSECONDS,
        next_turns_at=_MICROSECONDS,
        open_to_small=True,
        rate=_MANY,
    ),
}


def largest_stored(model: type[Table]) -> dict[str, Any]:
    """Return the largest item that a table may hold, as DynamoDB gets it.

    Not everything is at its largest at once: what only a closed account has comes when most of
    the rest goes, and of what a text may consist of, mentions add most to a status.
    """
    item = serialised(LARGEST[model])
    if model is AccountModel:
        del item["closed_at"], item["expires_at"]
    if model is StatusModel:
        return serialised(_large_status(_MENTIONING, mentioning=_MENTIONING))
    return item


def serialised(item: Table) -> dict[str, Any]:
    """Return an item as DynamoDB gets it."""
    return dict(item.serialize())
