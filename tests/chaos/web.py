"""HTTP as a client on a bad line has it: answers, refusals, and connections that die."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

from bench.web import ask
from tweeter.backoff import backoff

_TRIES = 12
_DYING_SECONDS = 4.5
"""For how long the calls of a request whose process was killed may still be under way to AWS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request, and of those that were sent before it for the same purpose."""

    status: int | None
    """None when nothing was answered, or only that it could not be done now."""
    body: Any
    is_doubtful: bool
    """Whether an earlier request for the same may have been carried out."""
    began: float
    ended: float
    """When nothing of it can be under way any more."""

    def has(self, code: str) -> bool:
        """Tell whether it is an error with this code."""
        errors = self.body.get("errors", ()) if isinstance(self.body, dict) else ()
        return any(error["code"] == code for error in errors)


class Web:
    """Sends requests to any of some servers that are the same to it."""

    def __init__(self, ports: Sequence[int], first: int) -> None:
        self._ports = ports
        self._sent = first

    def once(self, method: str, path: str, fields: object = None, **headers: str) -> Answer:
        """Send a request and take what comes."""
        return self._insist(1, method, path, fields, headers)

    def insist(self, method: str, path: str, fields: object = None, **headers: str) -> Answer:
        """Send a request again until it is answered, as may be done with one that has the same
        effect when it is carried out twice; give up after a while."""
        return self._insist(_TRIES, method, path, fields, headers)

    def _insist(
        self, tries: int, method: str, path: str, fields: object, headers: Mapping[str, str]
    ) -> Answer:
        began = time.monotonic()
        is_doubtful = False
        status, body = None, None
        for pause in islice(backoff(base=0.1, cap=2.0), tries):
            status, body = self._send(method, path, fields, headers)
            if status not in {None, HTTPStatus.SERVICE_UNAVAILABLE}:
                break
            is_doubtful = True
            status = None
            if tries > 1:
                time.sleep(pause)
        return Answer(
            status=status,
            body=body,
            is_doubtful=is_doubtful,
            began=began,
            ended=time.monotonic() + (_DYING_SECONDS if is_doubtful else 0),
        )

    def _send(
        self, method: str, path: str, fields: object, headers: Mapping[str, str]
    ) -> tuple[int | None, Any]:
        """Return the status and the body; None for a connection that died."""
        self._sent += 1
        port = self._ports[self._sent % len(self._ports)]
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            answer = ask(port, method, path, fields, headers=spelt)
        except (OSError, http.client.HTTPException):
            return None, None
        return answer.status, answer.json
