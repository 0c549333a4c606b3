"""The Lambda handler of the fan-out queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.entities import AccountRemoval, PictureCheck
from feeds.entities import FanOutMessage
from feeds.messages import decode_fan_out
from tweeter import wiring
from workers.records import BatchResponse, Context, process


def handler(event: Mapping[str, Any], context: Context) -> BatchResponse:
    """Do what the messages of an SQS event ask for; return which ones failed."""
    return process(
        event,
        context,
        decode=decode_fan_out,
        run=run,
        returns=wiring.fan_out_queue(),
    )


def run(message: FanOutMessage, seconds_left: float) -> None:
    """Have a message done by the service that it is for; Unavailable."""
    match message:
        case PictureCheck():
            wiring.picture_service().check(message)
        case AccountRemoval():
            wiring.account_remover().run(message)
        case _:
            wiring.fan_out().run(message, seconds_left)
