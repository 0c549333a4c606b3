"""What has come of each status, on DynamoDB."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import UpdateError

from feeds.entities import Chunk, Outline, Progress
from feeds.models import ProgressModel
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import condition_failed, store_errors

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
        except ProgressModel.DoesNotExist:
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
            segments = [segment.attribute_values for segment in query]
        written = [segment for segment in segments if "updated_at" in segment]
        newest = max((int(segment["updated_at"]) for segment in written), default=None)
        progress = Progress(
            sum(int(segment["delivered"]) for segment in written),
            None if newest is None else from_microseconds(newest),
            frozenset(int(n) for segment in written for n in segment["finished_chunks"]),
        )
        for segment in segments:
            if "planned" in segment:
                started_at = from_microseconds(int(segment["started_at"]))
                # One that was written by a version without this number has been met long ago.
                chunks = int(segment.get("chunks", 0))
                return Outline(int(segment["planned"]), chunks, started_at), progress
        return None, progress


def _segment_of(chunk: int) -> str:
    return f"{chunk // _SEGMENT:06d}"
