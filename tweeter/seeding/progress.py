"""Progress bars on the terminal."""

from __future__ import annotations

import threading
from typing import Self

from tqdm import tqdm  # type: ignore[import-untyped]


class Bars:
    """A `Progress` with a bar for each kind of thing; shows nothing where no terminal is."""

    def __init__(self, totals: dict[str, int]) -> None:
        self._lock = threading.Lock()  # tqdm's counter is none of an atomic kind
        self._bars = {
            what: tqdm(desc=f"{what:>9}", total=total, unit="", position=row, disable=None)
            for row, (what, total) in enumerate(totals.items())
        }

    def add(self, what: str, count: int) -> None:
        """Count so many more as done."""
        with self._lock:
            self._bars[what].update(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for bar in self._bars.values():
            bar.close()
