"""The Lambda handler of the fan-out queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.messages import decode_fan_out
from tweeter import wiring
from workers.records import BatchResponse, Context, process


def handler(event: Mapping[str, Any], context: Context) -> BatchResponse:
    """Fan out the statuses of an SQS event; return which messages failed."""
    return process(
        event,
        context,
        decode=decode_fan_out,
        run=wiring.fan_out().run,
        returns=wiring.fan_out_queue(),
    )
