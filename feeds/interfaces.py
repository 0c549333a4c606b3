"""What fan-out and feeds need of stores and queues; any implementation will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.entities import AccountId
from feeds.entities import Chunk, FanOutJob, Plan, Progress
from statuses.entities import Reference
from tweeter.pages import PageRequest


class FeedDao(Protocol):
    """Keeps feeds: per owner, references to statuses in the order of their creation."""

    batch_size: int
    """How many feeds one `put` takes at most."""

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        """Put a reference into up to `batch_size` feeds; return those owners for whom the store had
        no capacity. Idempotent: a feed holds a reference once, however often it is put."""

    def page(self, owner: AccountId, request: PageRequest) -> Sequence[Reference]:
        """Return references, newest first, fewer than asked for only when none are left."""


class DeliveryDao(Protocol):
    """Keeps what has been planned and what has been delivered of each status."""

    def find_plan(self, status_id: str) -> Plan | None:
        """Return the plan, or None before the first step."""

    def advance(self, status_id: str, before: Plan | None, after: Plan) -> None:
        """Replace a plan; Outdated when it is no longer `before`."""

    def is_finished(self, status_id: str, chunk: int) -> bool:
        """Tell whether a chunk is known to be written."""

    def finish(self, chunk: Chunk, at: datetime) -> None:
        """Count a chunk as written; a second time changes nothing."""

    def find(self, status_id: str) -> tuple[Plan | None, Progress]:
        """Return the plan and the progress of a status."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """A message that its receiver shall get after `delay` seconds (0 to 900)."""

    message: FanOutJob | Chunk
    delay: float = 0.0


class Queue(Protocol):
    """Carries messages at least once, in any order."""

    def send(self, messages: Sequence[Delayed]) -> None:
        """Send all of them; Unavailable when some may not have been sent."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A time from which writes may go to the feed table, at `rate` entries (WCU) a second."""

    starts_in: float
    """Seconds from now; 0 or more."""
    rate: float


class Pacer(Protocol):
    """Shares the feed table's write capacity among all writers, whatever machine they run on."""

    def rate(self) -> float:
        """Return the entries a second that the table takes at present."""

    def backlog(self) -> float:
        """Return the seconds until the table is free for a new reservation; 0 when it is idle."""

    def reserve(self, entries: int) -> Reservation:
        """Reserve capacity for so many feed entries; no other reservation overlaps it."""


class WriteCapacity(Protocol):
    """Knows the capacity of the feed table."""

    def units(self) -> float:
        """Return the WCU that the table has now, give or take some seconds."""


class Ledger(Protocol):
    """One number shared by all writers: the moment until which the feed table is reserved."""

    def backlog(self, now: float) -> float:
        """Return the seconds from `now` (since the epoch) for which the table is reserved."""

    def extend(self, now: float, seconds: float) -> float:
        """Reserve so many seconds after what is reserved already, or after `now` if that is over,
        in one atomic step. Return the moment at which this reservation begins."""
