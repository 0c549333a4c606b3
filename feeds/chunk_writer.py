"""The feed writer: chunks of feed entries into the feed table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from accounts.entities import AccountId
from feeds.entities import Chunk
from feeds.interfaces import Delayed, DeliveryDao, FeedDao, Queue
from feeds.pacing import Pacer
from statuses.entities import Reference
from statuses.ids import created_at_of
from statuses.interfaces import StatusDao
from tweeter import metrics
from tweeter.clock import Clock
from tweeter.errors import Unavailable
from tweeter.metrics import Metric

logger = logging.getLogger(__name__)

_PEAK_TRIES = 4
"""Further attempts while the table is written to at its partitions' peak."""
_RESERVE_SECONDS = 5.0
"""What must remain of a run to send another batch."""


class ChunkWriter:
    """Writes chunks. Each entry's write is idempotent, so that a chunk may come twice.

    What the table refuses is not tried again here, where waiting would be paid for: together with
    all that is still owed it gets capacity anew and goes back in line, as a message of its own,
    whose receives count from one again. Only while saved capacity is used at the partitions' peak
    is a refusal a matter of a moment, and waited for.
    """

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
        if not self._statuses.is_there(chunk.status_id):
            logger.info("dropped a chunk of %s, which has been deleted", chunk.status_id)
            return
        owed = self._write(chunk, seconds_left)
        if owed:
            rest = replace(chunk, owners=tuple(owed))
            self._chunks.send([Delayed(rest, self._pacer.reserve_again(len(owed)))])
            metrics.add(Metric.MESSAGES_PUT_BACK, 1)
        else:
            written_at = self._clock()
            self._deliveries.finish(chunk, written_at)
            delay = written_at - created_at_of(chunk.status_id)
            metrics.add(Metric.CHUNK_DELAY_SECONDS, delay.total_seconds())

    def _write(self, chunk: Chunk, seconds_left: float) -> Sequence[AccountId]:
        """Return the owners for whom there was no capacity, no time, or no answer."""
        deadline = self._clock() + timedelta(seconds=seconds_left - _RESERVE_SECONDS)
        reference = Reference(chunk.status_id, chunk.author_id)
        size = self._feeds.batch_size
        for start in range(0, len(chunk.owners), size):
            if self._clock() >= deadline:
                return chunk.owners[start:]
            batch = chunk.owners[start : start + size]
            try:
                refused = self._put(batch, reference)
            except Unavailable:
                if start == 0:
                    raise  # nothing is known to be written: the same chunk, then
                return chunk.owners[start:]
            if refused:
                return [*refused, *chunk.owners[start + size :]]
        return ()

    def _put(self, batch: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        """Return the owners whom the table has refused."""
        refused = self._put_once(batch, reference)
        if refused and self._pacer.is_at_peak():
            for pause in islice(self._pauses(), _PEAK_TRIES):
                self._sleep(pause)
                try:
                    refused = self._put_once(refused, reference)
                except Unavailable:
                    break  # the others of the batch are written
                if not refused:
                    break
        return refused

    def _put_once(self, batch: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        refused = self._feeds.put(batch, reference)
        metrics.add(Metric.ENTRIES_WRITTEN, len(batch) - len(refused))
        metrics.add(Metric.ENTRIES_REFUSED, len(refused))
        return refused
