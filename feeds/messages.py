"""What travels on the two queues: JSON with a version, read back with suspicion."""

from __future__ import annotations

import json
from typing import Any

from accounts.entities import AccountId
from feeds.entities import Chunk, FanOutJob, TakeTurns
from statuses.ids import STATUS_ID
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.logs import as_request_id

VERSION = 1


class Poisonous(Exception):
    """A message that will never be understood, however often it is tried."""


_TAKE_TURNS = "take_turns"


def encode(message: FanOutJob | TakeTurns | Chunk) -> str:
    """Return the body of a message."""
    if isinstance(message, TakeTurns):
        return json.dumps({"version": VERSION, "kind": _TAKE_TURNS}, separators=(",", ":"))
    body: dict[str, Any] = {
        "version": VERSION,
        "status": message.status_id,
        "author": message.author_id,
    }
    if isinstance(message, FanOutJob):
        body |= {"queued_at": to_microseconds(message.queued_at)}
    else:
        body |= {"chunk": message.number, "size": message.size, "owners": list(message.owners)}
    if message.request_id is not None:
        body |= {"request": message.request_id}
    return json.dumps(body, separators=(",", ":"))


def decode_fan_out(body: str) -> FanOutJob | TakeTurns:
    """Return what a message of the fan-out queue says; Poisonous."""
    fields = _fields(body)
    if fields.get("kind") == _TAKE_TURNS:
        return TakeTurns()
    queued_at = _number(fields, "queued_at")
    try:
        moment = from_microseconds(queued_at)
    except (OverflowError, OSError, ValueError) as error:
        raise Poisonous("queued_at is no time") from error
    return FanOutJob(
        _status_id(fields),
        _account_id(fields.get("author")),
        moment,
        as_request_id(fields.get("request")),
    )


def decode_chunk(body: str) -> Chunk:
    """Return the chunk in a message of the feed queue; Poisonous."""
    fields = _fields(body)
    owners = fields.get("owners")
    if not isinstance(owners, list) or not owners:
        raise Poisonous("owners is not a list of accounts")
    return Chunk(
        _status_id(fields),
        _account_id(fields.get("author")),
        _number(fields, "chunk"),
        _number(fields, "size"),
        tuple(dict.fromkeys(_account_id(owner) for owner in owners)),
        as_request_id(fields.get("request")),
    )


def _fields(body: str) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Poisonous("not JSON") from error
    if not isinstance(fields, dict):
        raise Poisonous("not an object")
    if fields.get("version") != VERSION:
        raise Poisonous(f"version {fields.get('version')!r}, not {VERSION}")
    return fields


def _status_id(fields: dict[str, Any]) -> str:
    status_id = fields.get("status")
    if not isinstance(status_id, str) or not STATUS_ID.fullmatch(status_id):
        raise Poisonous("status is no status id")
    return status_id


def _account_id(value: object) -> AccountId:
    if not isinstance(value, str) or not 1 <= len(value) <= 30:
        raise Poisonous("not an account id")
    return AccountId(value)


def _number(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Poisonous(f"{name} is no number")
    return value
