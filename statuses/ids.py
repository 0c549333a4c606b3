"""Status ids: when a status was posted, and in whose story it stands.

An id is 32 hexadecimal digits: 16 of the microseconds since the epoch, then the author's story
tag. So ids sort by time, as text; a status is found by its id alone, although statuses are kept by
author; and no two authors can ever make the same one.
"""

from __future__ import annotations

import re
from datetime import datetime

from tweeter.clock import from_microseconds, to_microseconds

STATUS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
STORY_TAG = re.compile(r"[0-9a-f]{16}", re.ASCII)
_TAG_LENGTH = 16


def next_status_id(story_tag: str, last_status_id: str, now: datetime) -> str:
    """Return an id for a status posted now: greater than the author's last one, whatever the
    clock says (machines' clocks differ, and may step back)."""
    earliest = _microseconds(last_status_id) + 1 if last_status_id else 0
    return f"{max(to_microseconds(now), earliest):016x}{story_tag}"


def story_tag_of(status_id: str) -> str:
    """Return the tag of the story in which a status stands."""
    return status_id[_TAG_LENGTH:]


def created_at_of(status_id: str) -> datetime:
    """Return when a status was posted."""
    return from_microseconds(_microseconds(status_id))


def first_id_at(moment: datetime) -> str:
    """Return what is smaller than every id of a status posted at a moment or later, and greater
    than those of earlier ones."""
    return f"{to_microseconds(moment):0{_TAG_LENGTH}x}"


def id_before(status_id: str) -> str:
    """Return the greatest id that a smaller one than this can be."""
    return f"{int(status_id, 16) - 1:0{len(status_id)}x}"


def _microseconds(status_id: str) -> int:
    return int(status_id[:_TAG_LENGTH], 16)
