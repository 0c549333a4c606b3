"""Reading the followers of a status, and cutting them into chunks."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.entities import AccountId
from accounts.interfaces import Audience, FollowDao
from feeds.entities import Chunk, mark_of

_MOST_AT_ONCE = 1_000
"""Followers read at once: what fits into one answer of the store with ease."""


def read_audience(
    follows: FollowDao, author_id: AccountId, status_id: str, position: str | None, wanted: int
) -> Audience:
    """Return `wanted` of those who followed when a status was posted, or all that are left.

    The next position is None when none are left. Whoever unfollows meanwhile is met twice, and
    returned once.
    """
    members: dict[AccountId, None] = {}
    while True:
        limit = min(wanted - len(members), _MOST_AT_ONCE)
        part = follows.audience(author_id, status_id, position, limit)
        members.update(dict.fromkeys(part.members))
        position = part.next_position
        if position is None or len(members) >= wanted:
            return Audience(tuple(members), position)


def cut(
    status_id: str,
    author_id: AccountId,
    first: int,
    members: Sequence[AccountId],
    size: int,
    request_id: str | None,
    behind: int = 0,
) -> list[Chunk]:
    """Return chunks of `size` members, numbered from `first`; the last may be smaller. `behind` is
    the mark of the owner before the first member."""
    groups = [tuple(members[start : start + size]) for start in range(0, len(members), size)]
    marks = [behind, *(mark_of(owners[-1]) for owners in groups)]
    return [
        Chunk(status_id, author_id, first + n, len(owners), owners, request_id, *marks[n : n + 2])
        for n, owners in enumerate(groups)
    ]
