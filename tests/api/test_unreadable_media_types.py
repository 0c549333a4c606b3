"""Media types that Python or Django stumbles over, sent to the application as servers call it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast
from wsgiref.util import setup_testing_defaults

import pytest
from django.http import HttpResponse

from tests.log_lines import recorded_lines
from tests.world import World
from tweeter.wsgi import application

NOT_OF_TEXTS = ["base64", "hex", "zlib", "bz2", "rot13", "quopri", "uu", "punycode", "undefined"]
UNPARSABLE = {
    "of an unknown charset": "text/html; x*=nope''%41",
    "of numbered and unnumbered pieces": "text/html; x*=a; x*0=b",
}
MANY_FIELDS = "&".join(f"a{number}=1" for number in range(1_001))


@dataclass(frozen=True)
class Answer:
    """What a server is given for a request."""

    status: int
    headers: dict[str, str]
    content: bytes


def ask(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    """Call the application as a server does; headers are named as in WSGI."""
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query} | headers
    environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, lines: list[tuple[str, str]], *_rest: Any) -> Any:
        started.append((status, lines))

    with closing(cast("HttpResponse", application(environ, start))) as response:
        content = b"".join(response)
    ((status, lines),) = started
    return Answer(int(status[:3]), dict(lines), content)


def assert_ours(answer: Answer, status: int) -> None:
    """Check that an answer has what every answer has."""
    assert answer.status == status
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if status >= 400:
        assert set(json.loads(answer.content)) == {"type", "errors"}


@pytest.mark.parametrize("charset", [*NOT_OF_TEXTS, "no-charset-at-all"])
def test_a_charset_that_is_none_of_texts_matters_to_bodies_alone(
    world: World, charset: str
) -> None:
    kind = {"CONTENT_TYPE": f"text/plain; charset={charset}"}
    assert_ours(ask("GET", "/?format=json", kind), 200)
    assert_ours(ask("POST", "/sessions/", kind, b"alias=ann"), 415)


@pytest.mark.parametrize("kind", UNPARSABLE.values(), ids=UNPARSABLE.keys())
def test_a_content_type_that_cannot_be_parsed_matters_to_bodies_alone(
    world: World, kind: str
) -> None:
    for name in ("CONTENT_TYPE", "HTTP_CONTENT_TYPE"):
        page = {name: kind, "HTTP_ACCEPT": "text/html"}
        assert_ours(ask("GET", "/", {name: kind}), 200)
        assert ask("GET", "/accounts/nobody/", page).status == 404
        assert_ours(ask("POST", "/sessions/", {name: kind}, b"{}"), 415)


@pytest.mark.parametrize("kind", UNPARSABLE.values(), ids=UNPARSABLE.keys())
def test_a_type_that_cannot_be_parsed_is_not_accepted(world: World, kind: str) -> None:
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_ACCEPT": kind}
    assert_ours(ask("GET", "/", {"HTTP_ACCEPT": kind}), 406)
    assert_ours(ask("GET", "/nowhere/", {"HTTP_ACCEPT": kind}), 404)
    assert_ours(ask("POST", "/sessions/", form, b"alias=ann"), 406)
    assert_ours(ask("GET", "/", {"HTTP_ACCEPT": f"{kind}, application/json"}), 200)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_a_query_of_very_many_fields_is_refused_whatever_the_content_type(
    world: World, kind: str
) -> None:
    assert_ours(ask("GET", f"/?{MANY_FIELDS}", {"CONTENT_TYPE": kind}), 400)


def test_a_request_of_an_unreadable_content_type_is_a_line_in_the_log(world: World) -> None:
    with recorded_lines() as lines:
        answer = ask("GET", "/", {"CONTENT_TYPE": "text/plain; charset=base64"})
    (line,) = lines
    assert line["request_id"] == answer.headers["X-Request-Id"]
