"""What the status services need of a store and of the fan-out; any implementation will do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.entities import Account, AccountId
from statuses.entities import AuthoredStatus, Receipt, Reference, Status
from tweeter.limits import Tally
from tweeter.pages import PageRequest
from tweeter.store import StoreAnswer


class KeyUsed(StoreAnswer):
    """A post was refused because its idempotency key has been used before."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What is to be known before a status is posted."""

    accounts: Mapping[AccountId, Account]
    receipt: Receipt | None


class StatusDao(Protocol):
    """Keeps statuses and, for a day, the idempotency keys they were posted with.

    Answers are strongly consistent; Unavailable where there can be none.
    """

    def look_up(
        self, account_ids: Iterable[AccountId], receipt_of: tuple[AccountId, str] | None
    ) -> LookedUp:
        """Return those accounts that exist, and the receipt of an account's hashed key."""

    def put(
        self,
        status: Status,
        *,
        story_tag: str,
        after: str,
        receipt: Receipt | None,
        posting: Tally,
        now: datetime,
    ) -> None:
        """Store a status and its receipt, and count it, with the author's tally of posts as it is
        then; all or nothing.

        Outdated when the author is gone or has another newest status than `after`, or when
        `status.followers` is 0 and the author has followers by now; KeyUsed.
        """

    def find(self, status_id: str) -> Status | None:
        """Return the status, or None; Damaged."""

    def is_there(self, status_id: str) -> bool:
        """Tell whether there is such a status, damaged or not."""

    def find_authored(self, references: Sequence[Reference]) -> Sequence[AuthoredStatus | None]:
        """Return for each reference the status with its author, or None where either is gone or
        damaged."""

    def delete(self, status_id: str, author_id: AccountId) -> None:
        """Remove a status, damaged or not, and lower its author's count, all or nothing;
        Missing."""

    def delete_some(self, story_tag: str) -> bool:
        """Remove statuses of a story, uncounted; return whether there were any, and more may be
        left."""

    def count(self, story_tag: str) -> int:
        """Return how many statuses a story has, damaged ones included; reads all of them."""

    def page_of_story(self, story_tag: str, request: PageRequest) -> Sequence[Status]:
        """Return statuses, newest first, fewer than asked for only when none are left; those that
        are damaged are left out."""


class FanOutQueue(Protocol):
    """Takes statuses that are to be delivered to their author's followers."""

    def put(self, status_id: str, author_id: AccountId) -> None:
        """Have a status delivered, should it come to be stored within the next minutes.

        The status may not be there yet, and may never be: then nothing happens.
        """
