"""Runs a command of manage.py in a process that dies as scheduled, again and again:
`doomed.py NAME SEED ARMED_FILE COMMAND...`.

This process only imports the product, and forks: so a new life begins within milliseconds. Each
life counts its attempts to call AWS and kills itself by SIGKILL at the one that its schedule
names, while the file ARMED_FILE is there.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management import execute_from_command_line
from django.urls import resolve

from tests.chaos.faults import KILLED, LONGEST_DELAY, Death, death
from tweeter import aws, wiring, wsgi
from workers import fan_out, feed_write


class Fate:
    """Counts the calls of one life, and ends it."""

    def __init__(self, process: str, life: int, due: Death, armed: Path) -> None:
        self._process = process
        self._life = life
        self._due = due
        self._armed = armed
        self._calls = 0
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Count the calls of a client of botocore's, each attempt by itself."""
        client.meta.events.register_first("before-send", self._before)
        client.meta.events.register_last("response-received", self._after)

    def _before(self, event_name: str, **_: object) -> None:
        with self._lock:
            if not self._armed.exists():
                return
            self._calls += 1
            if self._calls == self._due.call and not self._due.is_answered:
                self._die(event_name)

    def _after(self, event_name: str, **_: object) -> None:
        # The answer of one of the last calls sent: threads may have others under way.
        with self._lock:
            if self._calls >= self._due.call and self._due.is_answered and self._armed.exists():
                self._die(event_name)

    def _die(self, event_name: str) -> None:
        told = {
            "process": self._process,
            "life": self._life,
            "call": self._due.call,
            "at": event_name,
        }
        os.write(sys.stdout.fileno(), f"\n{KILLED}{json.dumps(told)}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Live as often as it takes, until SIGTERM or a life that ends otherwise than as scheduled."""
    name, seed, armed, *command = sys.argv[1:]
    clients = _load()
    for life in itertools.count():
        child = os.fork()
        if child == 0:
            fate = Fate(name, life, death(int(seed), name, life), Path(armed))
            _live(fate, clients, command)
        status = _wait_for(child)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            sys.exit(os.waitstatus_to_exitcode(status))


def _load() -> list[Any]:
    """Import what any command needs, and make the clients, none of which has connected yet."""
    resolve("/feed/")
    assert callable(wsgi.application)
    assert callable(fan_out.handler)
    assert callable(feed_write.handler)
    wiring.feed_service()
    wiring.session_service()
    return [
        aws.client("dynamodb"),
        aws.client("dynamodb", attempts=1),  # the one that writes feed entries
        aws.client("sqs"),
        aws.client("s3"),
    ]


def _live(fate: Fate, clients: list[Any], command: list[str]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    for client in clients:
        fate.watch(client)
        client.meta.events.register("provide-client-params.sqs.SendMessageBatch", _hasten)
    execute_from_command_line(["manage.py", *command])
    sys.stdout.flush()
    os._exit(0)


def _end_with_the_starter() -> None:
    """End this life when the campaign is gone, whose pipe the parent and every life read."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def _hasten(params: dict[str, Any], **_: object) -> None:
    """Shorten the delays of messages, so that a short campaign needs not wait for them."""
    longest = int(os.environ[LONGEST_DELAY])
    for entry in params["Entries"]:
        entry["DelaySeconds"] = min(longest, entry.get("DelaySeconds", 0))


def _wait_for(child: int) -> int:
    """Return the status that a life ended with; SIGTERM is passed on to it."""

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(child, number)

    signal.signal(signal.SIGTERM, pass_on)
    _, status = os.waitpid(child, 0)
    return status


if __name__ == "__main__":
    main()
