"""Requests as nobody writes them, in all that the schema does not speak of: headers, paths, forms,
and the pages of the browsable API. Whatever comes gets an answer, and never a 5xx.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.utils.http import urlencode
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import effort
from tests.fuzz.samples import pictures
from tests.security.endpoints import routes
from tests.world import PASSWORD, Person, World

METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
PATHS = [*sorted(routes()), "/nowhere/"]
TEXT = st.text(max_size=40)
HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Host"),
            *("Idempotency-Key", "If-None-Match", "Origin", "Range", "Referer", "X-CSRFToken"),
            *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Http-Method-Override"),
            *("X-Request-Id", "X-Requested-With", "Content-Encoding", "Content-Length"),
        ]
    ),
    HEADER
    | st.sampled_from(
        [
            *(
                "text/html",
                "*/*",
                "application/json; charset=x",
                "text/html;q=x",
                "bytes=0-",
                "gzip",
            ),
            *(
                "text/plain; charset=base64",
                "text/plain; charset=punycode",
                "x/y; charset=undefined",
            ),
            *("multipart/form-data; boundary=x; charset=idna", "application/json; charset=utf-8"),
            *("text/html; x*=nope''%41", "text/html; x*=a; x*0=b"),
        ]
    ),
    max_size=4,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["alias", "name", "password", "current_password", "text", "avatar", "next", "x"]
    ),
    st.one_of(TEXT, st.just(PASSWORD), st.lists(TEXT, max_size=2), st.sampled_from(pictures())),
    max_size=5,
)


@pytest.fixture
def ann(world: World) -> Person:
    """Somebody with a status and a follower, signed in by header and by cookie."""
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ann.client.cookies["tweeter_token"] = ann.token
    ann.client.raise_request_exception = False
    return ann


def answer(person: Person, method: str, path: str, **more: Any) -> Any:
    """Send a request; check what every answer has in common."""
    found = person.client.generic(method, path, **more)
    assert found.status_code < 500, (method, path, more, found.content)
    is_json = found.headers.get("Content-Type") == "application/json"
    if found.status_code >= 400 and is_json and method != "HEAD":
        assert set(found.json()) == {"type", "errors"}
    return found


def real(path: str, alias: str = "ann") -> str:
    return path.replace("{alias}", alias).replace("{status_id}", "0006" + "0" * 28)


@effort(200)
@given(METHODS, st.sampled_from(PATHS), HEADERS, st.binary(max_size=60))
def test_any_headers(
    ann: Person, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    kind = headers.pop("Content-Type", "application/json")
    # Content-Length is the server's to check, and Django's client's to set.
    extra = {name: value for name, value in headers.items() if name != "Content-Length"}
    answer(ann, method, real(path), data=body, content_type=kind, headers=extra)


@effort(200)
@given(st.sampled_from(["accounts", "statuses"]), st.binary(max_size=20) | TEXT, METHODS)
def test_any_path(ann: Person, where: str, part: bytes | str, method: str) -> None:
    raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
    for path in (f"/{where}/{quote(raw)}/", f"/{where}/{quote(raw, safe='')}/story/"):
        assert answer(ann, method, path).status_code in {200, 400, 401, 404, 405}


@effort(150)
@given(st.sampled_from(PATHS), TEXT, st.sampled_from(["page_size", "cursor", "format", "x"]))
def test_any_query(ann: Person, path: str, value: str, name: str) -> None:
    for accepted in ("application/json", "text/html"):
        query = f"?{name}={quote(value)}"
        answer(ann, "GET", real(path) + query, headers={"Accept": accepted})


@effort(150)
@given(st.sampled_from(["POST", "PATCH", "DELETE"]), st.sampled_from(PATHS), FIELDS, st.booleans())
def test_any_form_and_its_page(
    ann: Person, method: str, path: str, fields: dict[str, Any], multipart: bool
) -> None:
    client = ann.client
    send = {"POST": client.post, "PATCH": client.patch, "DELETE": client.delete}[method]
    if method == "DELETE" and path == "/sessions/current/":
        return
    accepted = {"Accept": "text/html"}
    if multipart:
        found = send(real(path), fields, format="multipart", headers=accepted)
    else:
        body = urlencode(fields, doseq=True)
        kind = "application/x-www-form-urlencoded"
        found = client.generic(method, real(path), body, content_type=kind, headers=accepted)
    assert found.status_code < 500, (method, path, fields)


@effort(100)
@given(HEADER)
def test_any_idempotency_key(ann: Person, key: str) -> None:
    found = answer(
        ann,
        "POST",
        "/statuses/",
        data='{"text": "hello"}',
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    visible = all("!" <= character <= "~" for character in key)
    assert found.status_code == (201 if visible and 1 <= len(key) <= 255 else 400)
