"""What travels on the two queues: JSON with a version, read back with suspicion."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.entities import AccountId, AccountRemoval, PictureCheck
from accounts.rules import PICTURE_KEY
from feeds.entities import MARK_BITS, Chunk, FanOutJob, FanOutMessage, TakeTurns
from statuses.ids import STATUS_ID, STORY_TAG
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.logs import as_request_id

VERSION = 1

_FAN_OUT = "fan_out"
"""The kind of a message that names none."""
_TAKE_TURNS = "take_turns"
_CHECK_PICTURES = "check_pictures"
_REMOVE_ACCOUNT = "remove_account"

_ACCOUNT_ID = re.compile(r"[a-z0-9_]{1,30}", re.ASCII)
_MAX_NUMBER = 10**18
"""More than any count or time in microseconds, and few enough digits for every store."""


class Poisonous(Exception):
    """A message that will never be understood, however often it is tried.

    The reason never repeats what the message says: it goes with it to the dead letters, and both
    together must not be larger than a message may be.
    """


def encode(message: FanOutMessage | Chunk) -> str:
    """Return the body of a message."""
    body = {"version": VERSION} | _body_of(message)
    if message.request_id is not None:
        body |= {"request": message.request_id}
    return json.dumps(body, separators=(",", ":"))


def decode_fan_out(body: str) -> FanOutMessage:
    """Return what a message of the fan-out queue says; Poisonous."""
    fields = _fields(body)
    kind = fields.get("kind", _FAN_OUT)
    decode = _DECODERS.get(kind) if isinstance(kind, str) else None
    if decode is None:
        raise Poisonous("kind is unknown")
    return decode(fields)


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
        tuple(dict.fromkeys(map(_account_id, owners))),
        _request_id(fields),
        _mark(fields, "behind"),
        _mark(fields, "last"),
    )


def _body_of(message: FanOutMessage | Chunk) -> dict[str, Any]:
    """Return what the body of a message has besides what every one has."""
    match message:
        case TakeTurns():
            return {"kind": _TAKE_TURNS}
        case PictureCheck():
            return {
                "kind": _CHECK_PICTURES,
                "account": message.account_id,
                "pictures": list(message.keys),
            }
        case AccountRemoval():
            return {
                "kind": _REMOVE_ACCOUNT,
                "account": message.account_id,
                "story": message.story_tag,
                "picture": message.picture_key,
                "queued_at": to_microseconds(message.queued_at),
                "gone_at": message.gone_at and to_microseconds(message.gone_at),
                "quiet": message.is_quiet,
            }
        case FanOutJob():
            queued_at = to_microseconds(message.queued_at)
            return {
                "status": message.status_id,
                "author": message.author_id,
                "queued_at": queued_at,
            }
        case Chunk():
            return {
                "status": message.status_id,
                "author": message.author_id,
                "chunk": message.number,
                "size": message.size,
                "owners": list(message.owners),
                "behind": message.behind,
                "last": message.last,
            }


def _fan_out_job(fields: dict[str, Any]) -> FanOutJob:
    return FanOutJob(
        _status_id(fields),
        _account_id(fields.get("author")),
        _moment(fields, "queued_at"),
        _request_id(fields),
    )


def _picture_check(fields: dict[str, Any]) -> PictureCheck:
    keys = fields.get("pictures")
    if not isinstance(keys, list):
        raise Poisonous("pictures is not a list of keys")
    return PictureCheck(
        _account_id(fields.get("account")),
        tuple(_picture_key(key) for key in keys),
        _request_id(fields),
    )


def _account_removal(fields: dict[str, Any]) -> AccountRemoval:
    story, picture = fields.get("story"), fields.get("picture")
    if not isinstance(story, str) or not STORY_TAG.fullmatch(story):
        raise Poisonous("story is no story's tag")
    return AccountRemoval(
        account_id=_account_id(fields.get("account")),
        story_tag=story,
        picture_key=None if picture is None else _picture_key(picture),
        queued_at=_moment(fields, "queued_at"),
        gone_at=None if fields.get("gone_at") is None else _moment(fields, "gone_at"),
        is_quiet=fields.get("quiet") is True,
        request_id=_request_id(fields),
    )


_DECODERS: dict[str, Callable[[dict[str, Any]], FanOutMessage]] = {
    _FAN_OUT: _fan_out_job,
    _TAKE_TURNS: lambda _: TakeTurns(),
    _CHECK_PICTURES: _picture_check,
    _REMOVE_ACCOUNT: _account_removal,
}


def _fields(body: str) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Poisonous("not JSON") from error
    if not isinstance(fields, dict):
        raise Poisonous("not an object")
    version = fields.get("version")
    if type(version) is not int or version != VERSION:
        raise Poisonous(f"version is not {VERSION}")
    return fields


def _status_id(fields: dict[str, Any]) -> str:
    status_id = fields.get("status")
    if not isinstance(status_id, str) or not STATUS_ID.fullmatch(status_id):
        raise Poisonous("status is no status id")
    return status_id


def _account_id(value: object) -> AccountId:
    if not isinstance(value, str) or not _ACCOUNT_ID.fullmatch(value):
        raise Poisonous("not an account id")
    return AccountId(value)


def _number(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
        raise Poisonous(f"{name} is no number")
    return value


def _mark(fields: dict[str, Any], name: str) -> int:
    """Return a mark of a chunk; 0 where there is none, as in chunks that were on their way before
    there were marks: their feeds are written all the same."""
    mark = _number({name: 0} | fields, name)
    if mark >> MARK_BITS:
        raise Poisonous(f"{name} is no mark")
    return mark


def _moment(fields: dict[str, Any], name: str) -> datetime:
    try:
        return from_microseconds(_number(fields, name))
    except (OverflowError, OSError, ValueError) as error:
        raise Poisonous(f"{name} is no time") from error


def _picture_key(value: object) -> str:
    if not isinstance(value, str) or not PICTURE_KEY.fullmatch(value):
        raise Poisonous("not the key of an account's picture")
    return value


def _request_id(fields: dict[str, Any]) -> str | None:
    return as_request_id(fields.get("request"))
