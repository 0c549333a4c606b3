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
from tweeter import deadline, metrics
from tweeter.clock import Clock
from tweeter.errors import Unavailable
from tweeter.metrics import Metric

logger = logging.getLogger(__name__)

_PEAK_TRIES = 4
"""Further attempts while the table is written to at its partitions' peak."""
_RESERVE_SECONDS = 5.0
"""What must remain of a run to send another batch."""
_SEND_SECONDS = 2.0
"""What must remain of it to send what is left."""
_AWAY_SECONDS = 5.0
"""After which to try again, at the earliest, where something that is needed did not answer."""


class ChunkWriter:
    """Writes chunks. Each entry's write is idempotent, so that a chunk may come twice.

    What the table refuses is not tried again here, where waiting would be paid for: together with
    all that is still owed it gets capacity anew and goes back in line, as a message of its own,
    whose receives count from one again. Only while saved capacity is used at the partitions' peak
    is a refusal a matter of a moment, and waited for. A chunk that is written and can't be counted
    goes back with its last owner alone, since no message has none.
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
        with deadline.within(deadline.seconds_left() - _SEND_SECONDS):
            rest = self._rest_of(chunk, seconds_left)
        if rest:
            self._chunks.send([rest])
            metrics.add(Metric.MESSAGES_PUT_BACK, 1)

    def _rest_of(self, chunk: Chunk, seconds_left: float) -> Delayed | None:
        """Write a chunk and count it; return what is left of that, for when it may be done."""
        owed, is_refused = self._write(chunk, seconds_left)
        if owed:
            delay = self._wait(len(owed), is_refused=is_refused)
            return Delayed(replace(chunk, owners=tuple(owed)), delay)
        if not self._is_counted(chunk):
            last_one = replace(chunk, owners=chunk.owners[-1:])
            return Delayed(last_one, max(_AWAY_SECONDS, self._wait(1, is_refused=False)))
        return None

    def _is_counted(self, chunk: Chunk) -> bool:
        """Count a chunk as written; tell whether that could be done."""
        written_at = self._clock()
        try:
            self._deliveries.finish(chunk, written_at)
        except Unavailable as error:
            logger.warning("could not count a chunk of %s: %s", chunk.status_id, error)
            return False
        delay = written_at - created_at_of(chunk.status_id)
        metrics.add(Metric.CHUNK_DELAY_SECONDS, delay.total_seconds())
        return True

    def _wait(self, entries: int, *, is_refused: bool) -> float:
        """Return the seconds until entries have capacity of their own. They go without while the
        budget is away, rather than with the whole chunk: what is refused then asks for it anew."""
        try:
            return self._pacer.reserve_again(entries, is_refused=is_refused)
        except Unavailable as error:
            logger.warning("could not give %d entries their capacity: %s", entries, error)
            return _AWAY_SECONDS

    def _write(self, chunk: Chunk, seconds_left: float) -> tuple[Sequence[AccountId], bool]:
        """Return the owners for whom there was no capacity, no time, or no answer, and whether the
        table has refused any of them."""
        stop_at = self._clock() + timedelta(seconds=seconds_left - _RESERVE_SECONDS)
        reference = Reference(chunk.status_id, chunk.author_id)
        size = self._feeds.batch_size
        for start in range(0, len(chunk.owners), size):
            if self._clock() >= stop_at:
                return chunk.owners[start:], False
            batch = chunk.owners[start : start + size]
            try:
                refused = self._put(batch, reference)
            except Unavailable:
                if start == 0:
                    raise  # nothing is known to be written: the same chunk, then
                return chunk.owners[start:], False
            if refused:
                return [*refused, *chunk.owners[start + size :]], True
        return (), False

    def _put(self, batch: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        """Return the owners whom the table has refused."""
        refused = self._put_once(batch, reference)
        if refused and self._is_at_peak():
            for pause in islice(self._pauses(), _PEAK_TRIES):
                self._sleep(pause)
                try:
                    refused = self._put_once(refused, reference)
                except Unavailable:
                    break  # the others of the batch are written
                if not refused:
                    break
        return refused

    def _is_at_peak(self) -> bool:
        """Tell whether a refusal is a matter of a moment; not while the budget is away."""
        try:
            return self._pacer.is_at_peak()
        except Unavailable as error:
            logger.warning("could not read whether saved capacity is used: %s", error)
            return False

    def _put_once(self, batch: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        refused = self._feeds.put(batch, reference)
        metrics.add(Metric.ENTRIES_WRITTEN, len(batch) - len(refused))
        metrics.add(Metric.ENTRIES_REFUSED, len(refused))
        return refused
