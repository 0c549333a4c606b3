"""Closed accounts whose removal has not come to its end, and starting it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from accounts.entities import AccountRemoval, ClosedAccount
from accounts.interfaces import ChoreQueue
from tweeter.clock import Clock

_PAGE = 1_000


class UnfinishedDao(Protocol):
    """Lists the closed accounts that are not released yet."""

    def page(self, position: str | None, limit: int) -> tuple[Sequence[ClosedAccount], str | None]:
        """Return those among the next `limit` accounts, in no order and without damaged ones, and
        where the next ones begin or None."""


class UnfinishedRemovals:
    """Finds and starts again removals whose message is lost: nothing else would.

    Most that it finds are under way: a removal takes a quarter of an hour at least. To start such
    a one again does no harm, since any run of a removal may be repeated.
    """

    def __init__(self, *, accounts: UnfinishedDao, chores: ChoreQueue, clock: Clock) -> None:
        self._accounts = accounts
        self._chores = chores
        self._clock = clock

    def all(self) -> Iterator[ClosedAccount]:
        """Yield every closed account that is not released, in no order; reads the whole table, a
        page at a time. Unavailable."""
        position: str | None = None
        while True:
            found, position = self._accounts.page(position, _PAGE)
            yield from found
            if position is None:
                return

    def start_again(self, closed: ClosedAccount) -> None:
        """Have what is left of an account removed; may be repeated. Unavailable."""
        self._chores.put(AccountRemoval.of(closed, self._clock()), 0)
