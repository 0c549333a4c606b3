"""The Lambda handler of the feed queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.messages import decode_chunk
from tweeter import wiring
from workers.records import BatchResponse, Context, process


def handler(event: Mapping[str, Any], context: Context) -> BatchResponse:
    """Write the chunks of an SQS event into feeds; return which messages failed."""
    return process(
        event,
        context,
        decode=decode_chunk,
        run=wiring.chunk_writer().run,
        returns=wiring.feed_queue(),
    )
