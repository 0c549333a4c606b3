"""What seeding a crowd needs of a store besides what the services need; any store will do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from accounts.entities import Account, AccountId, Follow


class CrowdDao(Protocol):
    """Writes many accounts and follows at once, fast and without looking at what is there.

    Both writes are idempotent but neither is atomic: after Unavailable some of it may be stored.
    """

    def put_accounts(self, accounts: Sequence[Account]) -> None:
        """Store accounts as they are given, counts included, over those with the same id."""

    def put_follows(self, follows: Sequence[Follow], at: datetime) -> None:
        """Store follows in the rosters of both sides; no count is changed."""

    def followers_among(
        self, followee: AccountId, candidates: Collection[AccountId]
    ) -> frozenset[AccountId]:
        """Return those of the candidates that follow the followee."""
