"""Token buckets, as DynamoDB's throughput behaves: a steady rate, and what was saved of it.

Source: "DynamoDB burst and adaptive capacity" in the Amazon DynamoDB developer guide
(burst-adaptive-capacity.html): 300 seconds are saved, and a partition gives at most 3,000 RCU and
1,000 WCU a second. Enforcing by the second is this stand-in's choice: the guide names no window.
"""

from __future__ import annotations

import zlib

SAVED_SECONDS = 300.0
"""For how long unused capacity is kept."""
PARTITION_UNITS = {"read": 3000.0, "write": 1000.0}
"""What one partition gives in a second."""

_ROUNDING = 1e-9  # sums of many small refills must not miss a whole unit by a hair


class Bucket:
    """Units that come in at a rate and are kept up to a ceiling.

    Times are seconds of any one clock; a clock that is set back only stops the inflow. Not safe
    for threads.
    """

    def __init__(self, *, rate: float, ceiling: float, units: float, now: float) -> None:
        self.units = units
        self.rate = rate
        self._ceiling = ceiling
        self._filled_at = now

    def fits(self, units: float, now: float) -> bool:
        """Tell whether as much is there; for 0, whether anything is.

        What costs more than the bucket can ever hold fits into a full one: it would wait forever
        otherwise.
        """
        self._fill(now)
        if units == 0:
            return self.units > _ROUNDING
        return self.units >= min(units, self._ceiling) - _ROUNDING

    def take(self, units: float, now: float) -> None:
        """Take units, into debt if need be; fewer than 0 are given back."""
        self._fill(now)
        self.units = min(self._ceiling, self.units - units)

    def resize(self, *, rate: float, ceiling: float, now: float) -> None:
        """Go on at another rate; what is there stays, up to the new ceiling."""
        self._fill(now)
        self.rate, self._ceiling = rate, ceiling
        self.units = min(ceiling, self.units)

    def _fill(self, now: float) -> None:
        passed = max(0.0, now - self._filled_at)
        self.units = min(self._ceiling, self.units + passed * self.rate)
        self._filled_at = max(now, self._filled_at)


class Pool:
    """The reads or the writes of one table or global index: its bucket and its partitions'.

    As many partitions as the rate needs at least; a partition key belongs to one of them by its
    hash. Without a partition key, only a sole partition can be charged.
    """

    def __init__(self, *, kind: str, rate: float, burst: float, saving: bool, now: float) -> None:
        self._kind = kind
        self._saving = saving
        self._rate = rate
        self.refill(burst=burst, saving=saving, now=now)

    @property
    def rate(self) -> float:
        """Units a second."""
        return self._rate

    def fits(self, units: float, partition: str | None, now: float) -> bool:
        """Tell whether the table and the partition both have as much."""
        return all(bucket.fits(units, now) for bucket in self._buckets(partition))

    def take(self, units: float, partition: str | None, now: float) -> None:
        """Take units from both, into debt if need be; fewer than 0 are given back."""
        for bucket in self._buckets(partition):
            bucket.take(units, now)

    def resize(self, rate: float, now: float) -> None:
        """Go on at another rate, with what was saved."""
        self._rate = rate
        self._bucket.resize(rate=rate, ceiling=self._ceiling(), now=now)
        self._partition(now)

    def refill(self, *, burst: float, saving: bool, now: float) -> None:
        """Start anew with `burst` seconds saved, never less than one second's worth."""
        self._saving = saving
        ceiling = self._ceiling()
        units = min(ceiling, max(1.0, burst) * self._rate)
        self._bucket = Bucket(rate=self._rate, ceiling=ceiling, units=units, now=now)
        self._partitions: list[Bucket] = []
        self._partition(now)

    def _ceiling(self) -> float:
        return self._rate * (SAVED_SECONDS if self._saving else 1.0)

    def _partition(self, now: float) -> None:
        """Split when the rate needs it; as in DynamoDB, partitions are never merged again."""
        limit = PARTITION_UNITS[self._kind]
        missing = max(1, int(-(-self._rate // limit))) - len(self._partitions)
        self._partitions += [
            Bucket(rate=limit, ceiling=limit, units=limit, now=now) for _ in range(missing)
        ]

    def _buckets(self, partition: str | None) -> list[Bucket]:
        if len(self._partitions) == 1:
            return [self._bucket, self._partitions[0]]
        if partition is None:
            return [self._bucket]
        number = zlib.crc32(partition.encode()) % len(self._partitions)
        return [self._bucket, self._partitions[number]]
