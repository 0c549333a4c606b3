"""Lists that are read a page at a time, whatever store or protocol lies on either side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Positioned(Protocol):
    """An entry of a list, behind whose `position` reading can go on."""

    @property
    def position(self) -> str:
        """Where the entry stands in its list."""


_LONGEST_STEP = 500
"""Entries read at once behind many whose objects are gone: a few calls' worth of look-ups."""
_MOST_ENTRIES = 5_000
"""Entries read for one page: what can be looked up within a request, with time to spare."""

E = TypeVar("E", bound=Positioned)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page of `size` items (1 or more) behind `position`, or from the head when it is None."""

    size: int
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's order; `next_position` is None exactly when nothing is left, as far as is
    looked for it: see `read_page`."""

    items: tuple[T, ...]
    next_position: str | None


def read_page(
    request: PageRequest,
    read: Callable[[PageRequest], Sequence[E]],
    resolve: Callable[[Sequence[E]], Sequence[T | None]],
) -> Page[T]:
    """Return the page of what the entries of a list stand for.

    `read` gives entries in order, fewer than asked for only when none are left; `resolve` gives
    for each, in order, what it stands for, or None where that is gone. Entries whose object is
    gone leave no gap: reading goes on until the page is full, by ever larger steps, since who has
    deleted thousands of statuses, or an account with as many, leaves them in a row in a feed. One
    entry more than the page holds is asked for, since only then is it known whether anything is
    left. Behind 5,000 entries the page is as it is, and the next one goes on from there: so a row
    that no request has the time for ends no walk.
    """
    wanted = request.size + 1
    found: list[tuple[E, T]] = []
    position = request.position
    looked_at = 0
    while True:
        entries = read(PageRequest(wanted, position))
        found += [
            (entry, item)
            for entry, item in zip(entries, resolve(entries), strict=True)
            if item is not None
        ]
        if len(found) > request.size:
            page = found[: request.size]
            return Page(tuple(item for _, item in page), page[-1][0].position)
        if len(entries) < wanted:
            return Page(tuple(item for _, item in found), None)
        position = entries[-1].position
        looked_at += len(entries)
        if looked_at >= _MOST_ENTRIES:
            return Page(tuple(item for _, item in found), position)
        wanted = max(wanted, min(2 * wanted, _LONGEST_STEP))
