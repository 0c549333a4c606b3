"""Fan-out jobs, chunks and deliveries as the services know them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from accounts.entities import AccountId, Chore


@dataclass(frozen=True, slots=True)
class FanOutJob:
    """A status to be delivered. How far it has come stands in its plan, not in here, so that a
    repeated, late or resumed job is always the same job."""

    status_id: str
    author_id: AccountId
    queued_at: datetime
    request_id: str | None = None
    """Of the request that posted the status; for the log only, here and below."""


MARK_BITS = 16
_MOST_MARKS = (1 << MARK_BITS) - 1


def mark_of(owner: AccountId) -> int:
    """Return 16 bits, never 0, by which to see whether one chunk begins where another ends."""
    return 1 + zlib.crc32(owner.encode()) % _MOST_MARKS


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a chunk lies among the followers, in the order in which they are read."""

    number: int
    behind: int = 0
    """The mark of the owner before its first one; 0 where there is none."""
    last: int = 0
    """The mark of its last owner."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the feeds that a status belongs to; once divided, `owners` are those still owed."""

    status_id: str
    author_id: AccountId
    number: int
    size: int
    """How many owners the chunk had when it was planned."""
    owners: tuple[AccountId, ...]
    request_id: str | None = None
    behind: int = 0
    """As in `Piece`, and so is `last`."""
    last: int = 0

    @property
    def piece(self) -> Piece:
        """Where it lies among the followers."""
        return Piece(self.number, self.behind, self.last)


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """Says that it is time to give the next capacity to those in line."""

    request_id: ClassVar[None] = None
    """It is about the requests of all of them."""


FanOutMessage = FanOutJob | TakeTurns | Chore
"""What the fan-out queue carries: statuses to be delivered, and whatever else takes no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A fan-out in line: how far its followers have been read and cut into chunks."""

    status_id: str
    author_id: AccountId
    followers: int
    """How many feeds it is about, give or take follows at the moment of posting."""
    promised: bool
    """Whether all of them would be written in time if those before it in line went first."""
    started_at: datetime
    position: str | None = None
    """Where reading the followers goes on; None at their beginning."""
    next_chunk: int = 0
    planned: int = 0
    """How many feeds are in the chunks so far."""
    behind: int = 0
    """The mark of the last owner in these; 0 before the first."""
    rests_until: float = 0.0
    """Until when it has no turns, since it could not be cut: seconds since the epoch."""
    request_id: str | None = None

    @property
    def remaining(self) -> int:
        """How many feeds it still has to plan, as far as can be told; never none."""
        return max(1, self.followers - self.planned)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a fan-out came to once all followers were cut into chunks."""

    planned: int
    """How many feeds."""
    chunks: int
    """Numbered from 0."""
    started_at: datetime
    last: int = 0
    """The mark of the last owner of all; 0 where there is none."""

    def is_met_by(self, progress: Progress) -> bool:
        """Tell whether chunks are written that cover all followers, from the first to the last.

        A run that dies before it takes down what it sent is run again. Whoever has unfollowed in
        between then stands in a later chunk, and all others move up: a chunk of the one run stands
        for that of the other only where both begin and end with the same owners. So neither feeds
        nor numbers of chunks can be counted.
        """
        pieces, ends = progress.by_number(), {0}
        for number in range(self.chunks):
            ends = {piece.last for piece in pieces.get(number, ()) if piece.behind in ends}
        return self.last in ends


@dataclass(frozen=True, slots=True)
class Progress:
    """Which chunks are written, how many feeds they are, and when the last was finished."""

    delivered: int
    updated_at: datetime | None
    finished: frozenset[Piece] = frozenset()

    def by_number(self) -> Mapping[int, Sequence[Piece]]:
        """Return what is written by the number of the chunk, more than one where a run has died."""
        found: dict[int, list[Piece]] = {}
        for piece in self.finished:
            found.setdefault(piece.number, []).append(piece)
        return found


class DeliveryState(Enum):
    """The three states of a delivery."""

    QUEUED = "queued"
    DELIVERING = "delivering"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far the delivery of a status has come, as its author is told."""

    state: DeliveryState
    followers: int
    delivered: int
    started_at: datetime | None
    finished_at: datetime | None
