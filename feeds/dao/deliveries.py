"""What has come of each status, on DynamoDB."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import UpdateError

from feeds.entities import Chunk, Outline, Progress
from feeds.models import ProgressModel
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import condition_failed, store_errors, undamaged
from tweeter.store import Damaged

_SEGMENT = 200
"""Chunks in one progress item, which keeps it below 1 KB and so each update at 1 WCU."""


class DynamoDeliveryDao:
    """A `DeliveryDao` on the progress table. The outline stands in a status's first segment."""

    def put_outline(self, status_id: str, outline: Outline) -> None:
        item = ProgressModel(status_id, _segment_of(0))
        with store_errors():
            item.update(
                [
                    ProgressModel.planned.set(outline.planned),
                    ProgressModel.chunks.set(outline.chunks),
                    ProgressModel.started_at.set(to_microseconds(outline.started_at)),
                ]
            )

    def is_finished(self, status_id: str, chunk: int) -> bool:
        try:
            with store_errors():
                item = ProgressModel.get(status_id, _segment_of(chunk))
        except (ProgressModel.DoesNotExist, Damaged):
            return False
        return chunk in (item.finished_chunks or ())

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

    def find(self, status_id: str) -> tuple[Outline | None, Progress]:
        with store_errors():
            query = ProgressModel.query(status_id, consistent_read=True)
            segments = undamaged(query, _segment)
        written = [progress for _, progress in segments]
        progress = Progress(
            sum(each.delivered for each in written),
            max((each.updated_at for each in written if each.updated_at), default=None),
            frozenset[int]().union(*(each.finished for each in written)),
        )
        return next((outline for outline, _ in segments if outline), None), progress


def _segment(item: ProgressModel) -> tuple[Outline | None, Progress]:
    """Return what a segment says: the outline, where it is the one that has it, and progress."""
    values = item.attribute_values
    outline, progress = None, Progress(0, None)
    if "planned" in values:
        # One that was written by a version without the number of chunks has been met long ago.
        chunks = int(values.get("chunks", 0))
        started_at = from_microseconds(int(values["started_at"]))
        outline = Outline(int(values["planned"]), chunks, started_at)
    if "updated_at" in values:
        progress = Progress(
            int(values["delivered"]),
            from_microseconds(int(values["updated_at"])),
            frozenset(int(number) for number in values["finished_chunks"]),
        )
    return outline, progress


def _segment_of(chunk: int) -> str:
    return f"{chunk // _SEGMENT:06d}"
