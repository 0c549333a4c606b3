"""The API as a process of its own, over HTTP."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from bench.people import text, wait_until
from bench.system import ROOT
from bench.web import Answer, ask
from tweeter.local.ports import find_free, is_free
from tweeter.local.processes import Child

PASSWORD = "a horse, correct"  # noqa: S105 - of accounts that live as long as the benchmark
_START_SECONDS = 60.0
_GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who is signed in, with so many followers."""

    alias: str
    token: str
    followers: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A status whose POST has been answered. Moments are seconds since the epoch."""

    author: str
    followers: int
    status_id: str
    sent_at: float
    answered_at: float


class Service:
    """`manage.py serve`, running while it is entered; LocalRunError or RuntimeError at the start.

    May be used by any number of threads at a time.
    """

    def __enter__(self) -> Self:
        self._port = find_free()
        command = [str(ROOT / "manage.py"), "serve", "--port", str(self._port)]
        self._child = Child(
            "api",
            command,
            environment=os.environ,
            on_line=lambda line: print(line, file=sys.stderr),
        )
        wait_until(lambda: not is_free(self._port), seconds=_START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop(_GRACE_SECONDS)

    def sign_up(self, alias: str) -> str:
        """Let somebody sign up; return the token."""
        fields = {"alias": alias, "name": alias.title(), "password": PASSWORD}
        token: str = self._post("/accounts/", fields)["token"]
        return token

    def post_status(self, author: Author, number: int = 1) -> Posted:
        """Post a status."""
        sent_at = time.time()
        status_id = self._post("/statuses/", {"text": text(number)}, author.token)["id"]
        return Posted(author.alias, author.followers, status_id, sent_at, time.time())

    def remove(self, author: Author) -> None:
        """Let somebody delete their account."""
        secret = {"password": PASSWORD}
        self.ask("DELETE", "/accounts/me/", author.token, secret).expect(HTTPStatus.NO_CONTENT)

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send a request, and return its answer, whatever the status."""
        return ask(self._port, method, path, fields, token=token)

    def _post(self, path: str, fields: Mapping[str, Any], token: str | None = None) -> Any:
        return self.ask("POST", path, token, fields).expect(HTTPStatus.CREATED)
