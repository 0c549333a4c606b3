"""Checking the counts of accounts against what they count, and mending them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from accounts.entities import Account, AccountId
from accounts.interfaces import AccountDao, Roster
from tweeter.errors import NotFound, Unavailable
from tweeter.store import Damaged, Outdated

_COUNTS = ("followers_count", "following_count", "statuses_count")
_TRIES = 10
"""How often an account is looked at that changes while what it counts is being read."""
_PAGE = 1_000


class NeverStill(Unavailable):
    """One account changes too fast to be counted; others may be counted all the same."""


class CountsDao(Protocol):
    """Lists all accounts, and corrects their counts."""

    def page_of_accounts(
        self, position: str | None, limit: int
    ) -> tuple[Sequence[Account], str | None]:
        """Return up to `limit` accounts in no order, without those that are damaged, and where the
        next ones begin or None."""

    def count_members(self, owner: AccountId, roster: Roster) -> int:
        """Return how many members a roster has, damaged ones included."""

    def correct(self, seen: Account, true: Account) -> None:
        """Store the counts of `true`; Outdated when they, or the newest status, have changed
        since `seen` was read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An account as it is stored, and as it is with true counts."""

    stored: Account
    true: Account

    def differences(self) -> list[tuple[str, int, int]]:
        """Return the name, the stored and the true value of each count that is wrong."""
        pairs = ((name, getattr(self.stored, name), getattr(self.true, name)) for name in _COUNTS)
        return [(name, stored, true) for name, stored, true in pairs if stored != true]


class Recount:
    """Counts anew, while accounts are in use.

    A count and what it counts change together, so they can be compared when the account is the
    same before and after the counting. One coincidence escapes that: changes that cancel out (a
    follow and an unfollow) around the moment of the reading. So a correction is not the end of it:
    the account is looked at again until nothing is left to correct.
    """

    def __init__(
        self,
        *,
        accounts: AccountDao,
        counts: CountsDao,
        count_statuses: Callable[[str], int],
        pauses: Callable[[], Iterator[float]],
        sleep: Callable[[float], None],
    ) -> None:
        """`count_statuses` does so by the story's tag; `pauses` are seconds between looks."""
        self._accounts = accounts
        self._counts = counts
        self._count_statuses = count_statuses
        self._pauses = pauses
        self._sleep = sleep

    def all_accounts(self) -> Iterator[AccountId]:
        """Yield the id of every account, in no order; reads the whole table, a page at a time."""
        position: str | None = None
        while True:
            accounts, position = self._counts.page_of_accounts(position, _PAGE)
            yield from (account.id for account in accounts)
            if position is None:
                return

    def check(self, account_id: AccountId) -> Finding:
        """Return what is stored of an account and what is true; changes nothing.

        NotFound; NeverStill when it changes too fast; Unavailable when the store is away.
        """
        before = self._find(account_id)
        for _, pause in zip(range(_TRIES), self._pauses(), strict=False):
            true = replace(
                before,
                followers_count=self._counts.count_members(before.id, Roster.FOLLOWERS),
                following_count=self._counts.count_members(before.id, Roster.FOLLOWING),
                statuses_count=self._count_statuses(before.story_tag),
            )
            after = self._find(account_id)
            if _same_counts(before, after):
                return Finding(before, true)
            self._sleep(pause)
            before = self._find(account_id)
        raise _never_still(before)

    def mend(self, account_id: AccountId) -> Finding:
        """Correct an account's counts and return what was found at first; NotFound, NeverStill,
        Unavailable.

        Changes that happen meanwhile are not lost: a correction that they overtook is not made.
        """
        first = finding = self.check(account_id)
        for _ in range(_TRIES):
            if not finding.differences():
                return first
            with suppress(Outdated):
                self._counts.correct(finding.stored, finding.true)
            finding = self.check(account_id)
        raise _never_still(finding.stored)

    def _find(self, account_id: AccountId) -> Account:
        try:
            account = self._accounts.find(account_id)
        except Damaged as error:
            message = f"What is stored of the account {account_id!r} is damaged."
            raise NotFound("not_found", message) from error
        if account is None:
            raise NotFound("not_found", f"There is no account {account_id!r}.")
        return account


def _same_counts(one: Account, other: Account) -> bool:
    return one.last_status_id == other.last_status_id and all(
        getattr(one, name) == getattr(other, name) for name in _COUNTS
    )


def _never_still(account: Account) -> NeverStill:
    return NeverStill(f"{account.alias} changes too fast to be counted; try again later.")
