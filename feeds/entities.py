"""Fan-out jobs, chunks and deliveries as the services know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from accounts.entities import AccountId


@dataclass(frozen=True, slots=True)
class FanOutJob:
    """A status to be delivered. How far it has come stands in its plan, not in here, so that a
    repeated, late or resumed job is always the same job."""

    status_id: str
    author_id: AccountId
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the feeds that a status belongs to; once divided, `owners` are those still owed."""

    status_id: str
    author_id: AccountId
    number: int
    size: int
    """How many owners the chunk had when it was planned."""
    owners: tuple[AccountId, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How far the followers of a status have been read and cut into chunks."""

    position: str | None
    """Where reading the followers goes on; None at their beginning."""
    next_chunk: int
    planned: int
    """How many feeds are in the chunks so far."""
    complete: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How many feeds of finished chunks hold the status, and since when."""

    delivered: int
    updated_at: datetime | None


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
