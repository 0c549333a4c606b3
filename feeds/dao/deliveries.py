"""What has come of each status, on DynamoDB."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import UpdateError

from feeds.entities import MARK_BITS, Chunk, Outline, Piece, Progress
from feeds.models import ProgressModel
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import condition_failed, store_errors, undamaged
from tweeter.store import Damaged

_SEGMENT = 80
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
                    ProgressModel.last.set(outline.last),
                    ProgressModel.started_at.set(to_microseconds(outline.started_at)),
                ]
            )

    def is_finished(self, status_id: str, chunk: int) -> bool:
        try:
            with store_errors():
                item = ProgressModel.get(status_id, _segment_of(chunk))
        except (ProgressModel.DoesNotExist, Damaged):
            return False
        return any(_piece(n).number == chunk for n in item.finished_chunks or ())

    def finish(self, chunk: Chunk, at: datetime) -> None:
        item = ProgressModel(chunk.status_id, _segment_of(chunk.number))
        piece = _number_of(chunk.piece)
        try:
            with store_errors():
                item.update(
                    [
                        ProgressModel.finished_chunks.add({piece}),
                        ProgressModel.delivered.add(chunk.size),
                        ProgressModel.updated_at.set(to_microseconds(at)),
                    ],
                    ~ProgressModel.finished_chunks.contains(piece),
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
            frozenset[Piece]().union(*(each.finished for each in written)),
        )
        return next((outline for outline, _ in segments if outline), None), progress


def _segment(item: ProgressModel) -> tuple[Outline | None, Progress]:
    """Return what a segment says: the outline, where it is the one that has it, and progress."""
    values = item.attribute_values
    outline, progress = None, Progress(0, None)
    if "planned" in values:
        # One that was written by a version without this number has been met long ago.
        chunks, last = (int(values["chunks"]), int(values["last"])) if "last" in values else (0, 0)
        started_at = from_microseconds(int(values["started_at"]))
        outline = Outline(int(values["planned"]), chunks, started_at, last)
    if "updated_at" in values:
        progress = Progress(
            int(values["delivered"]),
            from_microseconds(int(values["updated_at"])),
            frozenset(_piece(number) for number in values["finished_chunks"]),
        )
    return outline, progress


def _number_of(piece: Piece) -> int:
    """Return one number that says which chunk it is, and the marks of where it begins and ends."""
    return (piece.number << 2 * MARK_BITS) | (piece.behind << MARK_BITS) | piece.last


def _piece(number: float) -> Piece:
    chunk, marks = divmod(int(number), 1 << 2 * MARK_BITS)
    return Piece(chunk, *divmod(marks, 1 << MARK_BITS))


def _segment_of(chunk: int) -> str:
    return f"{chunk // _SEGMENT:06d}"
