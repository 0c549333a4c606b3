"""The whole product, as `make run` starts it: its processes, its queues, its HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tweeter.local.ports import find_free

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


class Api:
    """The API over real HTTP."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def __call__(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, Any]:
        """Send a request; return its status and what the answer's JSON says."""
        request = Request(self._url + path, method=method)  # noqa: S310 - our own address
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urlopen(request, data) as answer:  # noqa: S310 - our own address
                return answer.status, json.loads(answer.read() or "null")
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


@contextmanager
def running(port: int, aws_port: int, data: Path) -> Iterator[str]:
    """Run `manage.py run` until the block ends, then press Ctrl-C; give what it says at start."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TWEETER_", "DJANGO_"))}
    process = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / "manage.py"),
            "run",
            f"--port={port}",
            f"--aws-port={aws_port}",
            f"--data={data}",
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C stops it" in line:
                ready.set()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        ready.wait(PATIENCE_SECONDS)
        assert process.poll() is None, "".join(said)
        yield "".join(said)
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE_SECONDS)
        listener.join()
        assert process.stdout is not None
        process.stdout.close()
    assert code == 0, "".join(said)


def person(api: Api, alias: str) -> str:
    fields = {"alias": alias, "name": alias, "password": "a horse, correct"}
    status, session = api("POST", "/accounts/", fields)
    assert status == 201, session
    return str(session["token"])


def eventually_in_feed(api: Api, token: str) -> list[str]:
    """Return the texts in a feed as soon as there are some."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    texts: list[str] = []
    while not texts and time.monotonic() < deadline:
        texts = [each["text"] for each in api("GET", "/feed/", token=token)[1]["results"]]
    return texts


def test_a_status_goes_all_the_way_and_is_there_after_a_restart(tmp_path: Path) -> None:
    port, aws_port = find_free(), find_free()
    api = Api(port)
    with running(port, aws_port, tmp_path / "data") as said:
        assert f"http://127.0.0.1:{port}/" in said
        ann, bob = person(api, "ann"), person(api, "bob")
        assert api("POST", "/accounts/ann/follow/", token=bob)[0] == 201
        status, posted = api("POST", "/statuses/", {"text": "hello @bob"}, ann)
        assert status == 201
        assert eventually_in_feed(api, bob) == ["hello @bob"]
        with urlopen(posted["author"]["avatar_url"]) as picture:  # noqa: S310 - our own address
            assert picture.headers["Content-Type"] == "image/webp"
    with running(port, aws_port, tmp_path / "data"):
        assert api("GET", f"/statuses/{posted['id']}/")[1]["text"] == "hello @bob"
        assert eventually_in_feed(api, bob) == ["hello @bob"]
        assert api("GET", "/accounts/ann/")[1]["followers_count"] == 1
