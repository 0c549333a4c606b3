"""JSON over HTTP, to a server on this machine: the client of benchmarks and tests."""

from __future__ import annotations

import http.client
import json
import math
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from tweeter.local.ports import LOOPBACK

TIMEOUT_SECONDS = 60.0
_JSON = {"Content-Type": "application/json", "Accept": "application/json, */*;q=0.1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names as they were sent."""
    seconds: float = math.nan
    """From connecting to the last byte; NaN where that was not measured."""

    @property
    def json(self) -> Any:
        """The body, read as JSON; None where there is none."""
        return json.loads(self.content or b"null")

    def expect(self, status: int) -> Any:
        """Return the body, read as JSON; RuntimeError for another status."""
        if self.status != status:
            message = f"answered {self.status} instead of {status}: {self.content[:500]!r}"
            raise RuntimeError(message)
        return self.json


def ask(
    port: int,
    method: str,
    path: str,
    fields: object = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send `fields` as JSON, unless they are None, as whoever has the token; return the answer,
    whatever the status. Raises what `send` does."""
    sender = {"Authorization": f"Bearer {token}"} if token else {}
    content = None if fields is None else json.dumps(fields).encode()
    return send(port, method, path, content, {**_JSON, **sender, **(headers or {})})


def send(
    port: int, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
) -> Answer:
    """Send a request, and return its answer, whatever the status.

    OSError or http.client.HTTPException when it is not answered, or not within `TIMEOUT_SECONDS`.
    """
    started = time.perf_counter()
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_SECONDS)) as connection:
        connection.request(method, path, content, dict(headers))
        answer = connection.getresponse()
        body = answer.read()
    seconds = time.perf_counter() - started
    return Answer(answer.status, body, dict(answer.getheaders()), seconds)
