"""The API in this process: the production WSGI application, with its whole middleware."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from wsgiref.util import setup_testing_defaults

from bench.web import Answer
from tweeter.wsgi import application

if TYPE_CHECKING:
    from django.http import HttpResponse

_PASSWORD = "a horse, correct"  # noqa: S105 - of accounts that live as long as the benchmark


class Request:
    """One request, which may be sent any number of times."""

    def __init__(self, environ: Mapping[str, Any], content: bytes) -> None:
        self._environ = environ
        self._content = content

    def send(self) -> Answer:
        """Have it answered, whatever the status."""
        environ = {**self._environ, "wsgi.input": BytesIO(self._content)}
        statuses: list[str] = []

        def start_response(status: str, *_rest: object) -> Any:
            statuses.append(status)

        with closing(cast("HttpResponse", application(environ, start_response))) as response:
            content = b"".join(response)
        return Answer(int(statuses[0].partition(" ")[0]), content)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in; nobody where the token is None."""

    alias: str
    token: str | None

    def request(
        self, method: str, path: str, fields: Mapping[str, Any] | None = None, **headers: str
    ) -> Request:
        """Return a request by this person; `headers` are named as in WSGI (`HTTP_...`)."""
        target, _, query = path.partition("?")
        content = b"" if fields is None else json.dumps(fields).encode()
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": target,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_ACCEPT": "application/json",
            **headers,
        }
        if self.token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return Request(environ, content)

    def get(self, path: str) -> Any:
        """Return what is at a path; RuntimeError where it is not answered with 200."""
        return self.request("GET", path).send().expect(200)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """Return what a POST made; RuntimeError where it is not answered with 201."""
        return self.request("POST", path, fields or {}).send().expect(201)


class Api:
    """Whom requests come from."""

    anonymous = Person("", None)

    def sign_up(self, alias: str) -> Person:
        """Let somebody sign up."""
        return Person(alias, self.signing_up(alias).send().expect(201)["token"])

    def signing_up(self, alias: str) -> Request:
        """Return the request by which somebody signs up."""
        fields = {"alias": alias, "name": alias.title(), "password": _PASSWORD}
        return self.anonymous.request("POST", "/accounts/", fields)

    def signing_in(self, alias: str) -> Request:
        """Return the request by which somebody who signed up here signs in."""
        fields = {"alias": alias, "password": _PASSWORD}
        return self.anonymous.request("POST", "/sessions/", fields)
