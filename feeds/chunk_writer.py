"""The feed writer: chunks of feed entries into the feed table."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from accounts.entities import AccountId
from feeds.entities import Chunk
from feeds.interfaces import Delayed, DeliveryDao, FeedDao, Pacer, Queue
from statuses.entities import Reference
from statuses.interfaces import StatusDao
from tweeter.clock import Clock

logger = logging.getLogger(__name__)

_THROTTLED_TRIES = 4
"""Batches in a row that come back incomplete before the rest of a chunk is put back in line."""
_RESERVE_SECONDS = 5.0
"""What must remain of a run to send another batch."""


class ChunkWriter:
    """Writes chunks. Each entry's write is idempotent; what the table has no capacity for goes
    back in line, alone, as soon as trying again at once has not helped."""

    def __init__(
        self,
        *,
        statuses: StatusDao,
        feeds: FeedDao,
        deliveries: DeliveryDao,
        chunks: Queue,
        pacer: Pacer,
        clock: Clock,
        pauses: Callable[[], Iterator[float]],
        sleep: Callable[[float], object],
    ) -> None:
        self._statuses = statuses
        self._feeds = feeds
        self._deliveries = deliveries
        self._chunks = chunks
        self._pacer = pacer
        self._clock = clock
        self._pauses = pauses
        self._sleep = sleep

    def run(self, chunk: Chunk, seconds_left: float) -> None:
        """Write a chunk, or as much as the capacity and `seconds_left` allow.

        Unavailable when a store or queue is away: the same chunk can then be run again.
        """
        if self._statuses.find(chunk.status_id) is None:
            logger.info("dropped a chunk of %s, which has been deleted", chunk.status_id)
            return
        if self._deliveries.is_finished(chunk.status_id, chunk.number):
            return
        owed = self._write(chunk, seconds_left)
        if owed:
            rest = replace(chunk, owners=tuple(owed))
            self._chunks.send([Delayed(rest, self._pacer.reserve(len(owed)).starts_in)])
        else:
            self._deliveries.finish(chunk, self._clock())

    def _write(self, chunk: Chunk, seconds_left: float) -> list[AccountId]:
        """Return the owners for whom there was no capacity, or no time."""
        deadline = self._clock() + timedelta(seconds=seconds_left - _RESERVE_SECONDS)
        reference = Reference(chunk.status_id, chunk.author_id)
        owed = deque(chunk.owners)
        throttled, pauses = 0, self._pauses()
        while owed and throttled < _THROTTLED_TRIES and self._clock() < deadline:
            batch = [owed.popleft() for _ in range(min(self._feeds.batch_size, len(owed)))]
            left = self._feeds.put(batch, reference)
            if not left:
                throttled, pauses = 0, self._pauses()
                continue
            owed.extend(left)
            throttled += 1
            self._sleep(next(pauses))
        return list(owed)
