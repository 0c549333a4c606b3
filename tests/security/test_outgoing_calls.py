"""Nothing that a client writes makes the system call somewhere."""

from __future__ import annotations

import base64
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.world import PASSWORD, World

URLS = [
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://127.0.0.1:4566/",
    "https://example.org/me.png",
    "ftp://example.org/me.png",
    "file:///etc/passwd",
    "//example.org/me.png",
    "gopher://127.0.0.1:6379/_FLUSHALL",
]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:4566/"/></svg>'
_EVENTS = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}
)
_recording: list[list[str]] = []


def _record(event: str, arguments: Any) -> None:
    if event in _EVENTS and _recording:
        _recording[-1].append(f"{event} {arguments}")


sys.addaudithook(_record)  # for the rest of the process: Python has no way to take a hook away


@contextmanager
def outgoing_calls() -> Iterator[list[str]]:
    """Collect every connection and every look-up of a host that this process tries."""
    calls: list[str] = []
    _recording.append(calls)
    try:
        yield calls
    finally:
        _recording.remove(calls)


def test_the_record_would_show_a_call() -> None:
    with outgoing_calls() as calls, socket.socket() as probe:
        probe.settimeout(1)
        probe.connect_ex(("127.0.0.1", 1))
    assert len(calls) == 1


@pytest.mark.parametrize("url", URLS)
def test_a_picture_is_never_fetched_from_a_url(world: World, url: str) -> None:
    ann = world.sign_up("ann")
    fields = {"alias": "bob", "name": "Bob", "password": PASSWORD, "avatar": url}
    with outgoing_calls() as calls:
        answers = [
            world.anonymous.post("/accounts/", fields),
            world.anonymous.post("/accounts/", fields, format="multipart"),
            ann.client.patch("/accounts/me/", {"avatar": url}),
        ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert {answer.data["errors"][0]["code"] for answer in answers} <= {"invalid_image", "invalid"}
    assert calls == []


@pytest.mark.parametrize("media_type", ["image/svg+xml", "image/png", "text/html"])
def test_a_picture_that_refers_to_others_is_refused_unread(world: World, media_type: str) -> None:
    ann = world.sign_up("ann")
    avatar = f"data:{media_type};base64,{base64.b64encode(SVG).decode()}"
    with outgoing_calls() as calls:
        assert ann.client.patch("/accounts/me/", {"avatar": avatar}).status_code == 400
    assert calls == []


def test_the_links_of_a_status_are_never_followed(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    text = f"{URLS[0]} {URLS[1]} {URLS[2]}"
    with outgoing_calls() as calls:
        posted = ann.post(text)
        world.deliver()
        assert bob.feed() == [text]
        world.anonymous.get(f"/statuses/{posted['id']}/", headers={"Accept": "text/html"})
    assert [link["url"] for link in posted["links"]] == URLS[:3]
    assert calls == []


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Origin", "Referer", "Forwarded"])
def test_no_header_sends_the_system_anywhere(world: World, header: str) -> None:
    ann = world.sign_up("ann")
    with outgoing_calls() as calls:
        ann.client.get("/feed/", headers={header: "http://169.254.169.254/"})
        ann.client.get("/docs/", headers={header: "169.254.169.254"})
    assert calls == []
