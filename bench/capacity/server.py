"""The stand-in as an HTTP server, a thread for each client's connection."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from bench.capacity.buckets import SAVED_SECONDS
from bench.capacity.gate import Gate
from bench.capacity.upstream import Upstream
from bench.capacity.wire import Answer, Request, json_answer, unreachable

_OWN_PATHS = "/_capacity/"
_LOOPBACK = "127.0.0.1"
# The epoch's time of now, that nobody sets back afterwards.
_EPOCH_OFFSET = time.time() - time.monotonic()


def steady_epoch() -> float:
    """Return seconds since the epoch, by a clock that only goes forward."""
    return _EPOCH_OFFSET + time.monotonic()


class CapacityStandIn:
    """A server in front of an emulator, in threads of this process; usable as a context manager.

    `upstream` is the emulator's URL (http). `burst` is the seconds of capacity, 0 to 300, that a
    table has saved when it is first used, never less than one second's worth; `saving` tells
    whether it saves what it does not use. With `cut_seed`, batches are cut at random places, the
    same ones each time; without it they lose their last items. `clock` returns seconds since the
    epoch. With `port` 0 the system chooses one. `host` is the address to listen at.
    """

    def __init__(
        self,
        *,
        upstream: str,
        burst: float = 0.0,
        saving: bool = True,
        port: int = 0,
        host: str = _LOOPBACK,
        cut_seed: int | None = None,
        clock: Callable[[], float] = steady_epoch,
    ) -> None:
        _check_burst(burst)
        cut = None if cut_seed is None else random.Random(cut_seed)
        self._gate = Gate(clock=clock, burst=burst, saving=saving, cut=cut)
        self._upstream = upstream
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where clients find it; AttributeError before the start."""
        if self._server is None:
            raise AttributeError("The stand-in has not been started.")
        return f"http://{self._address[0]}:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen, and return. OSError when the port is taken."""
        self._server = _Server(self._address, self._gate, self._upstream)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and wait for what is under way."""
        if self._server and self._thread:
            self._server.shutdown()
            self._server.hang_up()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def report(self) -> dict[str, Any]:
        """Return the figures since the last reset, by table and second (see `Report.to_json`)."""
        return self._gate.report.to_json()

    def reset(self) -> None:
        """Start the figures anew; what tables have saved stays."""
        self._gate.report.reset()

    def settle(
        self, *, table: str | None = None, burst: float | None = None, saving: bool | None = None
    ) -> None:
        """Give a table, or all of them, `burst` seconds of saved capacity at once, and switch
        saving on or off. What is None stays as it was set for all tables. ValueError for seconds
        beyond 0 to 300."""
        _check_burst(burst or 0.0)
        self._gate.capacity.settle(table=table, burst=burst, saving=saving)

    def wait(self) -> None:
        """Serve until another thread stops it."""
        if self._thread:
            self._thread.join()


class _Server(ThreadingHTTPServer):
    """Knows its open connections, to be able to end them."""

    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], gate: Gate, upstream: str) -> None:
        self.gate = gate
        self.upstream = upstream
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Tell all clients that nothing more is read from them; answers under way still go out."""
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # it has gone by itself
                    connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    """One client's connection, and one to the emulator for it."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body go out together

    def setup(self) -> None:
        super().setup()
        self._upstream = Upstream(self.server.upstream)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        """Answer any request; `http.server` finds the methods by these names."""
        length = int(self.headers.get("Content-Length", 0))
        request = Request(self.command, self.path, self.headers.items(), self.rfile.read(length))
        if self.path.startswith(_OWN_PATHS):
            self._write(self._own_answer(request))
            return
        try:
            answer = self.server.gate.answer(request, self._upstream)
        except (OSError, http.client.HTTPException) as error:
            answer = unreachable(error)
        self._write(answer)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing: the report tells what happened."""

    def _own_answer(self, request: Request) -> Answer:
        """Answer what is asked of the stand-in itself."""
        gate = self.server.gate
        match self.command, self.path.removeprefix(_OWN_PATHS):
            case "GET", "report":
                return json_answer(HTTPStatus.OK, gate.report.to_json())
            case "POST", "reset":
                gate.report.reset()
                return json_answer(HTTPStatus.OK, {})
            case "POST", "settings":
                return _settle(gate, request.body)
        return json_answer(HTTPStatus.NOT_FOUND, {"message": "report, reset or settings?"})

    def _write(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()


def _settle(gate: Gate, body: bytes) -> Answer:
    try:
        asked = json.loads(body)
        burst = asked.get("burst")
        _check_burst(burst or 0.0)
    except (AttributeError, TypeError, ValueError) as error:
        return json_answer(HTTPStatus.BAD_REQUEST, {"message": str(error)})
    gate.capacity.settle(table=asked.get("table"), burst=burst, saving=asked.get("saving"))
    return json_answer(HTTPStatus.OK, {})


def _check_burst(seconds: float) -> None:
    if not 0 <= seconds <= SAVED_SECONDS:
        raise ValueError(f"DynamoDB saves 0 to {SAVED_SECONDS:.0f} seconds, not {seconds}.")
