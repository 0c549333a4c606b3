"""Feeds, deliveries and the ledger of reservations on DynamoDB."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime

from pynamodb.exceptions import AttributeDeserializationError, PutError, UpdateError

from accounts.entities import AccountId
from feeds.entities import Chunk, Plan, Progress
from feeds.models import FeedModel, LedgerModel, PlanModel, ProgressModel
from statuses.entities import Reference
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import BATCH_WRITE_LIMIT, client, condition_failed, put_batch, store_errors
from tweeter.pages import PageRequest
from tweeter.store import Outdated

_SEGMENT = 200
"""Chunks in one progress item, which keeps it below 1 KB and so each update at 1 WCU."""
_MICROSECONDS = 1_000_000


class DynamoFeedDao:
    """A `FeedDao` on the feeds table."""

    batch_size = BATCH_WRITE_LIMIT

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        left = put_batch(
            [
                FeedModel(owner, reference.status_id, author_id=reference.author_id)
                for owner in owners
            ]
        )
        return [owners[position] for position in left]

    def page(self, owner: AccountId, request: PageRequest) -> Sequence[Reference]:
        behind = None if request.position is None else FeedModel.status_id < request.position
        with store_errors():
            # Eventually consistent, at half the price: entries arrive when they arrive, and a
            # moment more is nothing to tell apart. What they refer to is read consistently.
            items = FeedModel.query(owner, behind, scan_index_forward=False, limit=request.size)
            return [Reference(item.status_id, AccountId(item.author_id)) for item in items]


class DynamoDeliveryDao:
    """A `DeliveryDao` on the plans and progress tables."""

    def find_plan(self, status_id: str) -> Plan | None:
        try:
            with store_errors():
                item = PlanModel.get(status_id, consistent_read=True)
        except PlanModel.DoesNotExist:
            return None
        return Plan(
            item.reached,
            int(item.next_chunk),
            int(item.planned),
            item.complete,
            from_microseconds(int(item.started_at)),
        )

    def advance(self, status_id: str, before: Plan | None, after: Plan) -> None:
        item = PlanModel(
            status_id,
            reached=after.position,
            next_chunk=after.next_chunk,
            planned=after.planned,
            complete=after.complete,
            started_at=to_microseconds(after.started_at),
        )
        if before is None:
            unchanged = PlanModel.status_id.does_not_exist()
        else:
            unchanged = (PlanModel.next_chunk == before.next_chunk) & (
                PlanModel.reached == before.position
                if before.position is not None
                else PlanModel.reached.does_not_exist()
            )
        try:
            with store_errors():
                item.save(unchanged)
        except PutError as error:
            if not condition_failed(error):
                raise
            raise Outdated from error

    def is_finished(self, status_id: str, chunk: int) -> bool:
        try:
            with store_errors():
                item = ProgressModel.get(status_id, _segment_of(chunk))
        except ProgressModel.DoesNotExist:
            return False
        return chunk in item.finished_chunks

    def finish(self, chunk: Chunk, at: datetime) -> None:
        item = ProgressModel(chunk.status_id, _segment_of(chunk.number))
        try:
            with store_errors():
                item.update(
                    [
                        ProgressModel.finished_chunks.add({chunk.number}),
                        ProgressModel.delivered.add(chunk.size),
                        ProgressModel.updated_at.set(to_microseconds(at)),
                    ],
                    ~ProgressModel.finished_chunks.contains(chunk.number),
                )
        except UpdateError as error:
            if not condition_failed(error):
                raise

    def find(self, status_id: str) -> tuple[Plan | None, Progress]:
        plan = self.find_plan(status_id)
        with store_errors():
            segments = list(ProgressModel.query(status_id, consistent_read=True))
        if not segments:
            return plan, Progress(0, None)
        newest = max(int(segment.updated_at) for segment in segments)
        delivered = sum(int(segment.delivered) for segment in segments)
        return plan, Progress(delivered, from_microseconds(newest))


class DynamoLedger:
    """A `Ledger` in one item. Each reservation is one conditional, atomic update.

    No honest reservation lies further ahead than `LONGEST`. An item that says otherwise, or no
    number at all, has been damaged: it counts as free, and the next reservation mends it.
    """

    LONGEST = 900.0
    """Seconds: as long as SQS can delay a message, and so far more than any plan looks ahead."""

    def __init__(self, resource: str) -> None:
        self._resource = resource

    def backlog(self, now: float) -> float:
        try:
            with store_errors():
                item = LedgerModel.get(self._resource, consistent_read=True)
        except (LedgerModel.DoesNotExist, AttributeDeserializationError):
            return 0.0
        ahead = float(item.reserved_until or 0) / _MICROSECONDS - now
        return ahead if 0 < ahead <= self.LONGEST else 0.0

    def extend(self, now: float, seconds: float) -> float:
        now_us, length = round(now * _MICROSECONDS), max(1, round(seconds * _MICROSECONDS))
        latest = now_us + round(self.LONGEST * _MICROSECONDS)
        until = LedgerModel.reserved_until
        is_number = until.is_type()  # type: ignore[no-untyped-call]
        in_use = is_number & until.between(now_us + 1, latest)
        behind_others = until.set(until + length)
        from_now = until.set(now_us + length)
        while True:  # one of the two conditions holds, unless another reservation comes between
            for action, condition in ((behind_others, in_use), (from_now, ~in_use)):
                item = LedgerModel(self._resource)
                try:
                    with store_errors():
                        item.update([action], condition)
                except UpdateError as error:
                    if not condition_failed(error):
                        raise
                else:
                    return (int(item.reserved_until) - length) / _MICROSECONDS


class DynamoWriteCapacity:
    """A `WriteCapacity` that asks DynamoDB, at most once in `refresh_seconds`."""

    UNLIMITED = 1000.0
    """WCU assumed of a table in on-demand mode: what one partition takes."""

    def __init__(self, refresh_seconds: float = 10.0) -> None:
        self._refresh = refresh_seconds
        self._lock = threading.Lock()
        self._known: tuple[float, float] | None = None

    def units(self) -> float:
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > self._refresh:
                with store_errors():
                    answer = client().describe_table(TableName=FeedModel.Meta.table_name)
                throughput = answer["Table"].get("ProvisionedThroughput", {})
                units = float(throughput.get("WriteCapacityUnits", 0))
                self._known = (time.monotonic(), units or self.UNLIMITED)
            return self._known[1]


def _segment_of(chunk: int) -> str:
    return f"{chunk // _SEGMENT:06d}"
