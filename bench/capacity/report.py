"""What was taken and what was refused, by table and second."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from bench.capacity.charges import Charge, Target

KEPT_SECONDS = 7200
"""How many seconds with any request are kept of a table; totals go back to the last reset."""
KEPT_KEYS = 2_000_000
"""How many keys of a table are remembered; a key beyond them never counts as repeated."""

_FIGURES = (
    "write_units",
    "read_units",
    "write_items_accepted",
    "repeated_puts",
    "unprocessed_items",
    "unprocessed_keys",
    "throttled_requests",
)


@dataclasses.dataclass(slots=True)
class _Row:
    """One second."""

    capacity_write: float | None
    figures: Counter[str] = dataclasses.field(default_factory=Counter)


@dataclasses.dataclass(slots=True)
class _Table:
    """One table, or one global index."""

    seconds: OrderedDict[int, _Row] = dataclasses.field(default_factory=OrderedDict)
    totals: Counter[str] = dataclasses.field(default_factory=Counter)
    keys: set[bytes] = dataclasses.field(default_factory=set)


class Report:
    """Adds up, from any thread.

    `clock` returns seconds since the epoch; `rate` the provisioned units of a target, or None.
    A request counts in the second in which it was answered.
    """

    def __init__(
        self, *, clock: Callable[[], float], rate: Callable[[Target], float | None]
    ) -> None:
        self._clock = clock
        self._rate = rate
        self._lock = threading.Lock()
        self._tables: dict[str, _Table] = {}

    def note(
        self,
        table: str,
        *,
        charges: Iterable[Charge] = (),
        puts: Iterable[bytes] = (),
        **figures: int,
    ) -> None:
        """Count what one request did to a table: units, keys put (8 bytes each), and figures by
        the names that `to_json` has."""
        keys = list(puts)
        capacity = self._rate(Target(table, None, "write"))
        with self._lock:
            figures["repeated_puts"] = self._repeated(table, keys)
            self._add(table, capacity, figures)
            for charge in charges:
                if not charge.units:
                    continue
                name = charge.target.table
                if charge.target.index:
                    name += f"/{charge.target.index}"
                    capacity = self._rate(charge.target)
                self._add(name, capacity, {f"{charge.target.kind}_units": charge.units})

    def reset(self) -> None:
        """Forget all figures, and which keys have been put."""
        with self._lock:
            self._tables = {}

    def to_json(self) -> dict[str, Any]:
        """Return the figures of all tables; an index stands as `table/index`.

        `second` is seconds since the epoch, cut to whole ones; seconds without a request are left
        out. `capacity_write` is WCU as of the last request of the second, None for unlimited.
        """
        with self._lock:
            tables = {
                name: {
                    "seconds": [
                        {"second": float(second), "capacity_write": row.capacity_write}
                        | _all_figures(row.figures)
                        for second, row in sorted(table.seconds.items())
                    ],
                    "totals": _all_figures(table.totals),
                }
                for name, table in self._tables.items()
            }
            totals: Counter[str] = Counter()
            for table in self._tables.values():
                totals.update(table.totals)
            return {"tables": tables, "totals": _all_figures(totals)}

    def _repeated(self, name: str, keys: list[bytes]) -> int:
        known = self._table(name).keys
        repeated = 0
        for key in keys:
            if key in known:
                repeated += 1
            elif len(known) < KEPT_KEYS:
                known.add(key)
        return repeated

    def _add(self, name: str, capacity: float | None, figures: dict[str, Any]) -> None:
        table = self._table(name)
        second = int(self._clock())
        row = table.seconds.setdefault(second, _Row(capacity))
        row.capacity_write = capacity
        row.figures.update(figures)
        table.totals.update(figures)
        if len(table.seconds) > KEPT_SECONDS:
            table.seconds.popitem(last=False)

    def _table(self, name: str) -> _Table:
        return self._tables.setdefault(name, _Table())


def _all_figures(figures: Counter[str]) -> dict[str, float]:
    return {name: figures[name] for name in _FIGURES}
