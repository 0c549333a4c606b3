"""Who is there before a request is measured."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.api import Api, Person
from bench.counted_work import CountedWork

AUTHORS = 20
"""As many as a page has statuses, so that a page holds one by each."""

_POLL_SECONDS = 0.2
_TEXT = (
    "Morning fog over the harbour, and the ferry left without half of us. The next one goes at "
    "nine, so there is time for a second coffee and for number {number} of these small notes."
)


def text(number: int) -> str:
    """Return the text of a status, of a usual length."""
    return _TEXT.format(number=number)


def reader_with_full_page(api: Api, name: str) -> Person:
    """Return somebody whose feed holds 20 statuses by 20 different authors."""
    reader = api.sign_up(name)
    authors = [api.sign_up(f"{name}_author{number}") for number in range(AUTHORS)]
    for author in authors:
        reader.post(f"/accounts/{author.alias}/follow/")
    with CountedWork():
        for number, author in enumerate(authors):
            author.post("/statuses/", {"text": text(number)})
        wait_until(lambda: len(reader.get("/feed/")["results"]) == AUTHORS, seconds=60)
    return reader


def author_with_follower(api: Api, name: str) -> Person:
    """Return somebody with one follower, whose every status needs a message to the fan-out."""
    author, follower = api.sign_up(name), api.sign_up(f"{name}_follower")
    follower.post(f"/accounts/{author.alias}/follow/")
    return author


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Return when a condition holds, looked at five times a second; RuntimeError when it does not
    come to hold in so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"waited {seconds:.0f} seconds in vain"
            raise RuntimeError(message)
        time.sleep(_POLL_SECONDS)
