"""What fan-out and feeds need of stores and queues; any implementation will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.entities import AccountId
from feeds.budget import Budget
from feeds.entities import Chunk, FanOutMessage, Outline, Plan, Progress
from statuses.entities import Reference
from tweeter.pages import PageRequest


class FeedDao(Protocol):
    """Keeps feeds: per owner, references to statuses in the order of their creation."""

    batch_size: int
    """How many feeds one `put` takes at most."""

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        """Put a reference into up to `batch_size` feeds; return those owners for whom the store had
        no capacity. Idempotent: a feed holds a reference once, however often it is put."""

    def page(
        self, owner: AccountId, request: PageRequest, posted_after: datetime
    ) -> Sequence[Reference]:
        """Return references to statuses posted since then, newest first, fewer than asked for only
        when none are left; damaged ones are left out."""

    def some_of(self, owner: AccountId) -> Sequence[str]:
        """Return the ids of up to `batch_size` statuses in a feed, in no order; none only when
        nothing is left in it."""

    def remove_some(self, owner: AccountId, status_ids: Sequence[str]) -> int:
        """Remove up to `batch_size` statuses from a feed; return for how many of them the store had
        no capacity."""


class Line(Protocol):
    """Keeps those fan-outs whose followers have not all been planned, in order of posting."""

    def all(self) -> Sequence[Plan]:
        """Return every fan-out in line, the oldest first, without those that are damaged."""

    def find(self, status_id: str) -> Plan | None:
        """Return a fan-out, or None when it is not in line; Damaged."""

    def join(self, plan: Plan) -> None:
        """Add a fan-out; AlreadyExists when it is in line."""

    def advance(self, before: Plan, after: Plan) -> None:
        """Replace a plan; Outdated when it is no longer `before`."""

    def leave(self, plan: Plan) -> None:
        """Take a fan-out out of the line; Outdated when it is no longer as given."""


class DeliveryDao(Protocol):
    """Keeps what has come of each status: what was planned, and which chunks are written."""

    def put_outline(self, status_id: str, outline: Outline) -> None:
        """Record what a fan-out came to."""

    def is_finished(self, status_id: str, chunk: int) -> bool:
        """Tell whether a chunk is known to be written: not where what is known is damaged."""

    def finish(self, chunk: Chunk, at: datetime) -> None:
        """Count a chunk as written; a second time changes nothing."""

    def find(self, status_id: str) -> tuple[Outline | None, Progress]:
        """Return the outline, or None while followers are still to be planned, and the progress;
        what is damaged of it counts as not there."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """A message that its receiver shall get after `delay` seconds (0 to 900)."""

    message: FanOutMessage | Chunk
    delay: float = 0.0


class Queue(Protocol):
    """Carries messages at least once, in any order."""

    def send(self, messages: Sequence[Delayed]) -> None:
        """Send all of them; Unavailable when some may not have been sent."""


class WriteCapacity(Protocol):
    """Knows the capacity of the feed table."""

    def units(self) -> float:
        """Return the WCU that the table has now, give or take some seconds."""


class BudgetStore(Protocol):
    """Keeps the budget that all writers share."""

    def find(self) -> tuple[Budget | None, int]:
        """Return the budget and its revision; None when there is none that can be read."""

    def replace(self, after: Budget, revision: int) -> None:
        """Put a budget in place of the one of `revision`; Outdated when that is gone."""
