"""Fan-out jobs, chunks and deliveries as the services know them."""

from __future__ import annotations

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

    def is_met_by(self, progress: Progress) -> bool:
        """Tell whether every chunk is written.

        Feeds would be the wrong thing to count: a run that dies before it takes down what it sent
        is run again, and whoever has unfollowed in between may then stand in another chunk.
        """
        return progress.finished.issuperset(range(self.chunks))


@dataclass(frozen=True, slots=True)
class Progress:
    """Which chunks are written, how many feeds they are, and when the last was finished."""

    delivered: int
    updated_at: datetime | None
    finished: frozenset[int] = frozenset()


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
