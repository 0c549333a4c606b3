"""What every answer forbids browsers and caches, and what none tells about the system."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from tests.faults import fault
from tests.security.pages import Page
from tests.world import PASSWORD, World
from tweeter import settings as source
from tweeter import wiring

HTML = {"Accept": "text/html"}
ORIGIN = "https://app.example.org"
PAGES = ["/", "/accounts/ann/", "/statuses/", "/feed/", "/sign-in/", "/docs/", "/schema/", "/no/"]
LIBRARIES = re.compile(r"waitress|django|python|wsgi|werkzeug|zappa", re.IGNORECASE)


def internal_error(client: APIClient) -> Any:
    """Return the answer to a request at which the application fails for a reason of its own."""
    client.raise_request_exception = False
    try:
        with fault("dynamodb", lambda: RuntimeError("password=hunter2 in /var/task/secret.py")):
            return client.get("/accounts/ann/")
    finally:
        client.raise_request_exception = True


ANSWERS: dict[str, tuple[int, Callable[[APIClient], Any]]] = {
    "data": (200, lambda c: c.get("/accounts/ann/")),
    "a page": (200, lambda c: c.get("/accounts/ann/", headers=HTML)),
    "the root": (200, lambda c: c.get("/", headers=HTML)),
    "the docs": (200, lambda c: c.get("/docs/", headers=HTML)),
    "the script of the docs": (200, lambda c: c.get("/docs/?script=")),
    "the schema": (200, lambda c: c.get("/schema/")),
    "the form": (200, lambda c: c.get("/sign-in/")),
    "a redirect": (301, lambda c: c.get("/accounts/ann")),
    "a cursor that is none": (400, lambda c: c.get("/accounts/ann/story/?cursor=x")),
    "not signed in": (401, lambda c: c.get("/feed/")),
    "not found": (404, lambda c: c.get("/no/")),
    "not allowed": (405, lambda c: c.put("/accounts/ann/")),
    "not acceptable": (406, lambda c: c.get("/accounts/ann/", headers={"Accept": "image/png"})),
    "a body too large": (413, lambda c: c.post("/statuses/", CONTENT_LENGTH="99999999")),
    "a head too large": (413, lambda c: c.get("/", headers={"X-Much": "x" * 20_000})),
    "a content type that is none": (415, lambda c: c.generic("POST", "/sessions/", "x", "text/x")),
    "an internal error": (500, internal_error),
}


@pytest.mark.parametrize(("status", "ask"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_forbids_what_browsers_need_not_do(
    world: World, status: int, ask: Callable[[APIClient], Any]
) -> None:
    world.sign_up("ann")
    answer = ask(world.anonymous)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_request_for_a_foreign_host_is_refused_with_the_headers_too(world: World) -> None:
    with override_settings(ALLOWED_HOSTS=["api.example.org"], SECURE_SSL_REDIRECT=True):
        answer: Any = APIClient().get("/", headers={"Host": "evil.example.net"})
    assert answer.status_code == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert b"evil" not in answer.content


@pytest.mark.parametrize("path", ["/accounts/", "/sessions/"])
def test_no_cache_keeps_a_token(world: World, path: str) -> None:
    world.sign_up("ann")
    fields = {"alias": "ann" if path == "/sessions/" else "bob", "name": "x", "password": PASSWORD}
    answer = world.anonymous.post(path, fields)
    assert answer.data["token"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
def test_a_page_works_under_a_policy_that_trusts_nothing_but_our_own_files(
    world: World, path: str, signed_in: bool
) -> None:
    ann = world.sign_up("ann")
    ann.post("<script>alert(1)</script> <img src=x onerror=alert(1)> javascript:alert(1)")
    if signed_in:
        world.anonymous.cookies["tweeter_token"] = ann.token
    answer = world.anonymous.get(path, headers=HTML)
    page = Page(answer.content.decode())
    pictures = f"{wiring.pictures_address()}/"
    assert page.forbidden == []
    ours = ("/", "http://testserver/", pictures)
    assert [url for url in page.loaded if not url.startswith(ours)] == []
    if answer.headers["Content-Type"].startswith("text/html"):
        policy = answer.headers["Content-Security-Policy"].replace(pictures, "")
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert not re.search(r"unsafe|\*|https?:", policy)
        assert "geolocation=()" in answer.headers["Permissions-Policy"]


def test_what_somebody_posts_stands_escaped_in_pages(world: World) -> None:
    ann = world.sign_up("ann", name="<script>alert(2)</script>")
    ann.post("<script>alert(1)</script>")
    content = world.anonymous.get("/accounts/ann/story/", headers=HTML).content
    assert b"<script>alert" not in content
    assert b"&lt;script&gt;alert(2)" in content


def test_a_fault_tells_nothing_of_itself(world: World) -> None:
    answer = internal_error(world.anonymous)
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "server_error",
        "errors": [{"code": "error", "detail": answer.json()["errors"][0]["detail"], "attr": None}],
    }
    assert not re.search(rb"hunter2|Traceback|RuntimeError|\.py", answer.content)


@pytest.mark.parametrize("ask", [each for _, each in ANSWERS.values()], ids=ANSWERS.keys())
def test_no_header_names_what_the_system_is_made_of(
    world: World, ask: Callable[[APIClient], Any]
) -> None:
    headers = ask(world.anonymous).headers
    assert not {"Server", "Via", "X-Powered-By"} & set(headers)
    assert not LIBRARIES.search(str(dict(headers)))


def ask_from(origin: str, method: str = "GET") -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return APIClient().generic(method, "/", headers=headers)


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_web_pages_of_no_other_origin_may_read_answers(method: str) -> None:
    answer = ask_from(ORIGIN, method)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_web_pages_of_a_configured_origin_may_read_answers_but_never_with_cookies(
    method: str,
) -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[ORIGIN]):
        answer = ask_from(ORIGIN, method)
        others = [
            ask_from(other, method)
            for other in (
                "null",
                "https://example.org",
                f"{ORIGIN}.evil.net",
                "http://app.example.org",
            )
        ]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert all("Access-Control-Allow-Origin" not in other.headers for other in others)


def test_static_files_are_cached_but_open_to_no_other_origin() -> None:
    with override_settings(MIDDLEWARE=source.MIDDLEWARE):
        answer: Any = APIClient().get("/static/tweeter/docs.css", headers={"Origin": ORIGIN})
        assert b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
