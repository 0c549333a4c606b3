"""Pages of what entries stand for, also where most of that is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tweeter.pages import Page, PageRequest, read_page


@dataclass(frozen=True)
class Entry:
    number: int

    @property
    def position(self) -> str:
        return f"{self.number:06d}"


@dataclass
class Shelf:
    """A list, of whose entries some stand for nothing any more."""

    gone: list[bool]
    reads: list[int] = field(default_factory=list)

    def page(self, request: PageRequest) -> Page[int]:
        return read_page(request, self._read, self._resolve)

    def walk(self, size: int) -> list[int]:
        """Return every item, page by page."""
        items: list[int] = []
        position: str | None = None
        while True:
            page = self.page(PageRequest(size, position))
            items += page.items
            position = page.next_position
            if position is None:
                return items

    def _read(self, request: PageRequest) -> Sequence[Entry]:
        self.reads.append(request.size)
        first = 0 if request.position is None else int(request.position) + 1
        return [Entry(number) for number in range(first, len(self.gone))[: request.size]]

    def _resolve(self, entries: Sequence[Entry]) -> Sequence[int | None]:
        return [None if self.gone[entry.number] else entry.number for entry in entries]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 20))
def test_a_walk_gives_everything_that_is_there_once_and_in_order(
    gone: list[bool], size: int
) -> None:
    there = [number for number, is_gone in enumerate(gone) if not is_gone]
    assert Shelf(gone).walk(size) == there


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 20))
def test_a_page_is_full_wherever_another_follows(gone: list[bool], size: int) -> None:
    page = Shelf(gone).page(PageRequest(size))
    there = gone.count(False)
    assert len(page.items) == min(size, there)
    assert (page.next_position is None) == (there <= size)


def test_a_page_whose_entries_are_all_there_takes_one_read() -> None:
    shelf = Shelf([False] * 50)
    shelf.page(PageRequest(20))
    assert shelf.reads == [21]


@pytest.mark.parametrize(("gone", "reads"), [(1_000, 6), (4_500, 14)])
def test_many_that_are_gone_in_a_row_take_few_reads(gone: int, reads: int) -> None:
    shelf = Shelf([True] * gone + [False] * 5)
    assert shelf.page(PageRequest(20)).items == tuple(range(gone, gone + 5))
    assert len(shelf.reads) <= reads


def test_a_row_of_gone_ones_too_long_for_a_page_ends_no_walk() -> None:
    shelf = Shelf([False] * 3 + [True] * 20_000 + [False] * 5)
    first = shelf.page(PageRequest(20))
    assert first.items == (0, 1, 2)
    assert first.next_position is not None
    assert sum(shelf.reads) < 6_000
    assert shelf.walk(20) == [0, 1, 2, *range(20_003, 20_008)]
