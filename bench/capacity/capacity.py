"""All pools of all tables, behind one lock."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Sequence

from bench.capacity.buckets import Pool
from bench.capacity.charges import Charge, Target
from bench.capacity.shapes import TableShape, Throughput


class Capacity:
    """Decides what fits, and remembers what is left. Safe for threads; it waits for nothing.

    A target that has no pool is unlimited: that of a table paid by request.

    `clock` returns seconds; `burst` is how many seconds of capacity a table has saved when it is
    first seen, `saving` whether it saves what it does not use. With `cut` given, that chance says
    which items of a batch are tried first; without it they are tried in their order.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        burst: float,
        saving: bool,
        cut: random.Random | None = None,
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._saving = saving
        self._cut = cut
        self._lock = threading.Lock()
        self._pools: dict[Target, Pool] = {}

    def learn(self, shape: TableShape) -> None:
        """Take over what a table has now; what it had saved stays saved."""
        rates = _rates(shape)
        with self._lock:
            now = self._clock()
            for target in [known for known in self._pools if known.table == shape.name]:
                if target not in rates:
                    del self._pools[target]
            for target, rate in rates.items():
                if target in self._pools:
                    self._pools[target].resize(rate, now)
                else:
                    self._pools[target] = Pool(
                        kind=target.kind,
                        rate=rate,
                        burst=self._burst,
                        saving=self._saving,
                        now=now,
                    )

    def forget(self, table: str) -> None:
        """Drop a table that is gone, and what it had saved."""
        with self._lock:
            self._pools = {
                target: pool for target, pool in self._pools.items() if target.table != table
            }

    def rate(self, target: Target) -> float | None:
        """Return the units a second of a target, or None for unlimited."""
        with self._lock:
            pool = self._pools.get(target)
            return pool.rate if pool else None

    def admit(self, entries: Sequence[Sequence[Charge]]) -> list[bool]:
        """Take the charges of each entry that fits, all of them or none; tell which ones did."""
        order = list(range(len(entries)))
        taken = [False] * len(entries)
        with self._lock:
            if self._cut:
                self._cut.shuffle(order)
            now = self._clock()
            for position in order:
                taken[position] = self._take_if_fits(entries[position], now)
        return taken

    def admit_together(self, entries: Sequence[Sequence[Charge]]) -> list[bool]:
        """Take the charges of all entries or of none; tell which ones would have fitted."""
        with self._lock:
            now = self._clock()
            fitted = [self._take_if_fits(charges, now) for charges in entries]
            if not all(fitted):
                for charges, fits in zip(entries, fitted, strict=True):
                    if fits:
                        self._take(charges, now, sign=-1)
        return fitted

    def correct(self, taken: Iterable[Charge], final: Iterable[Charge]) -> None:
        """Replace what was taken by what it came to, into debt if need be."""
        with self._lock:
            now = self._clock()
            self._take(taken, now, sign=-1)
            self._take(final, now)

    def settle(self, *, table: str | None, burst: float | None, saving: bool | None) -> None:
        """Change how much is saved at the start (seconds) and whether anything is, and start one
        table or all of them anew with it, tables seen later included if it is for all."""
        burst = self._burst if burst is None else burst
        saving = self._saving if saving is None else saving
        with self._lock:
            if table is None:
                self._burst, self._saving = burst, saving
            now = self._clock()
            for target, pool in self._pools.items():
                if table in {None, target.table}:
                    pool.refill(burst=burst, saving=saving, now=now)

    def _take_if_fits(self, charges: Sequence[Charge], now: float) -> bool:
        merged = _merge(charges)
        if not all(
            self._pools[charge.target].fits(charge.units, charge.partition, now)
            for charge in merged
            if charge.target in self._pools
        ):
            return False
        self._take(merged, now)
        return True

    def _take(self, charges: Iterable[Charge], now: float, *, sign: int = 1) -> None:
        for charge in charges:
            if pool := self._pools.get(charge.target):
                pool.take(sign * charge.units, charge.partition, now)


def _merge(charges: Sequence[Charge]) -> list[Charge]:
    """Add up what goes to the same bucket: an item and its entry in a local index, above all."""
    units: dict[tuple[Target, str | None], float] = {}
    for charge in charges:
        place = (charge.target, charge.partition)
        units[place] = units.get(place, 0) + charge.units
    return [Charge(target, total, partition) for (target, partition), total in units.items()]


def _rates(shape: TableShape) -> dict[Target, float]:
    """Return the units a second of all that is limited."""
    limits: list[tuple[str | None, Throughput | None]] = [(None, shape.throughput)]
    limits += [(index.name, index.throughput) for index in shape.indexes if index.is_global]
    return {
        Target(shape.name, index, kind): rate
        for index, throughput in limits
        if throughput
        for kind, rate in (("read", throughput.read), ("write", throughput.write))
    }
