"""Requests and answers of DynamoDB's JSON protocol, and the answers by which it throttles.

Source: "Error handling with DynamoDB" in the Amazon DynamoDB developer guide
(Programming.Errors.html) and the API reference of TransactWriteItems for cancellation reasons.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self

_PREFIX = "DynamoDB_20120810."
_CHANGED_WITH_THE_BODY = {"content-length", "x-amz-crc32"}
_NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
_THROTTLED = (
    "The level of configured provisioned throughput for the table was exceeded. Consider "
    "increasing your provisioning level with the UpdateTable API."
)

Headers = list[tuple[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def operation(self) -> str | None:
        """The DynamoDB operation that it asks for; None for a request to another service."""
        target = next((value for name, value in self.headers if name.lower() == "x-amz-target"), "")
        return target.removeprefix(_PREFIX) if target.startswith(_PREFIX) else None

    def with_payload(self, payload: Mapping[str, Any]) -> Self:
        """Return the same request with other parameters."""
        return dataclasses.replace(self, body=json.dumps(payload).encode())


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `headers` are without the length, which follows from the body."""

    status: int
    headers: Headers
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether the operation was done."""
        return self.status == HTTPStatus.OK

    @property
    def error(self) -> str:
        """The name of the error, or an empty text."""
        if self.is_ok:
            return ""
        return str(self.payload().get("__type", "")).rpartition("#")[2]

    def payload(self) -> dict[str, Any]:
        """Return the body's JSON object; an empty one when it is none."""
        try:
            payload = json.loads(self.body)
        except ValueError:
            return {}
        return payload if isinstance(payload, dict) else {}

    def with_payload(self, payload: Mapping[str, Any]) -> Self:
        """Return the same answer with other content, and without the old content's checksum."""
        kept = [pair for pair in self.headers if pair[0].lower() not in _CHANGED_WITH_THE_BODY]
        return dataclasses.replace(self, headers=kept, body=json.dumps(payload).encode())


def json_answer(status: int, payload: object) -> Answer:
    """Return an answer of the stand-in's own."""
    headers = [("Content-Type", "application/x-amz-json-1.0")]
    return Answer(status, headers, json.dumps(payload).encode())


def throttled() -> Answer:
    """Return what DynamoDB answers when nothing of a request fits."""
    return _error("ProvisionedThroughputExceededException", _THROTTLED)


def cancelled(fitted: Sequence[bool]) -> Answer:
    """Return what DynamoDB answers to a transaction some of whose items do not fit."""
    reasons = [
        {"Code": "None"}
        if fits
        else {"Code": "ProvisionedThroughputExceeded", "Message": _THROTTLED}
        for fits in fitted
    ]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    )
    return _error("TransactionCanceledException", message, CancellationReasons=reasons)


def unreachable(error: Exception) -> Answer:
    """Return the error that SDKs try again after: the emulator did not answer."""
    message = f"The emulator behind the stand-in did not answer: {error!r}"
    payload = {"__type": f"{_NAMESPACE}InternalServerError", "message": message}
    return json_answer(HTTPStatus.INTERNAL_SERVER_ERROR, payload)


def _error(name: str, message: str, **more: object) -> Answer:
    payload = {"__type": _NAMESPACE + name, "message": message, **more}
    return json_answer(HTTPStatus.BAD_REQUEST, payload)
