"""The way to the emulator: one kept connection for each thread."""

from __future__ import annotations

import dataclasses
import http.client
import json
import select
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any, Self

from bench.capacity.wire import Answer, Request

_TIMEOUT_SECONDS = 60.0
# They belong to one connection, not to the message (RFC 9110, 7.6.1), or are written anew.
_OF_THE_CONNECTION = {
    "connection",
    "content-length",
    "date",
    "host",
    "keep-alive",
    "server",
    "transfer-encoding",
}


class Upstream:
    """A connection to the emulator, opened when first needed. For one thread only.

    All methods raise OSError or http.client.HTTPException when the emulator does not answer.
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(self, request: Request) -> Answer:
        """Pass a request on, once: a write that is sent again could be done twice."""
        if self._is_stale():
            self._connection.close()
        try:
            self._write(request)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        headers = [pair for pair in response.getheaders() if _is_of_the_message(pair[0])]
        return Answer(response.status, headers, body)

    def ask(self, like: Request, operation: str, payload: Mapping[str, Any]) -> Answer:
        """Send a question of the stand-in's own, with the credentials of the request `like`."""
        headers = [pair for pair in like.headers if pair[0].lower() != "x-amz-target"]
        headers.append(("X-Amz-Target", f"DynamoDB_20120810.{operation}"))
        asked = dataclasses.replace(like, headers=headers, body=json.dumps(payload).encode())
        return self.send(asked)

    def items(
        self, like: Request, wanted: Sequence[tuple[str, dict[str, Any]]]
    ) -> list[tuple[str, dict[str, Any]]]:
        """Return the table and content of those items that exist, of up to 100 tables and keys."""
        if not wanted:
            return []
        keys: dict[str, dict[str, Any]] = {}
        for table, key in wanted:
            keys.setdefault(table, {"ConsistentRead": True, "Keys": []})["Keys"].append(key)
        answer = self.ask(like, "BatchGetItem", {"RequestItems": keys}).payload()
        found = answer.get("Responses", {})
        return [(table, item) for table, items in found.items() for item in items]

    def _write(self, request: Request) -> None:
        connection = self._connection
        connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        for name, value in request.headers:
            if _is_of_the_message(name):
                connection.putheader(name, value)
        if request.body or request.method in {"POST", "PUT"}:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)

    def _is_stale(self) -> bool:
        """Tell whether the other side has closed: there is something to read, unasked."""
        sock = self._connection.sock
        return sock is not None and bool(select.select([sock], [], [], 0)[0])


def _is_of_the_message(header: str) -> bool:
    return header.lower() not in _OF_THE_CONNECTION
