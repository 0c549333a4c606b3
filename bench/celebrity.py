"""An account with many followers, and the delivery of what it posts."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import chain

from bench.api import Api, Person
from bench.people import text, wait_until
from bench.system import ROOT
from tweeter.local.processes import Child

_SLACK_SECONDS = 60.0
"""How much later than its capacity allows a delivery may end before it counts as failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A status whose delivery is over."""

    status_id: str
    answered_in: float
    """Seconds that its POST took."""
    answered_at: float
    """When that was answered, in seconds since the epoch."""
    seen_after: float
    """Seconds from then until `/delivery/` said that it was delivered."""


def celebrity_with(api: Api, alias: str, followers: int) -> Person:
    """Return somebody with so many followers, made by `manage.py seed`; RuntimeError."""
    celebrity = api.sign_up(alias)
    choices = {"--users": str(followers), "--celebrity": alias, "--prefix": f"{alias}_"}
    seeding = Child(
        "seed",
        [str(ROOT / "manage.py"), "seed", *chain.from_iterable(choices.items())],
        environment=os.environ,
        on_line=lambda _line: None,
    )
    try:
        code = seeding.wait()
    finally:
        seeding.stop(grace_seconds=10)
    count = celebrity.get("/accounts/me/")["followers_count"]
    if code != 0 or count != followers:
        message = f"seeding made {count} followers of {followers}:\n{seeding.tail()}"
        raise RuntimeError(message)
    return celebrity


def deliver(author: Person, followers: int, wcu: int) -> Delivered:
    """Post a status and wait until the workers, which must be running, have delivered it."""
    post = author.request("POST", "/statuses/", {"text": text(1)})
    started = time.perf_counter()
    answer = post.send()
    answered_in, answered_at = time.perf_counter() - started, time.time()
    status_id = answer.expect(201)["id"]
    delivery = f"/statuses/{status_id}/delivery/"
    wait_until(
        lambda: author.get(delivery)["state"] == "delivered",
        seconds=followers / wcu + _SLACK_SECONDS,
    )
    return Delivered(
        status_id=status_id,
        answered_in=answered_in,
        answered_at=answered_at,
        seen_after=time.time() - answered_at,
    )
