"""The embedded AWS: ministack (DynamoDB, SQS, S3 and more on one port), as a child process."""

from __future__ import annotations

import http.client
import os
import subprocess  # nosec B404 # each call is judged by itself
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tweeter.local.ports import LOOPBACK, is_free, status_at
from tweeter.local.processes import LocalRunError, end, start_on_leash, tail_of

_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05
DATA_SERVICES = ("dynamodb", "s3", "sqs")
"""What the API and the workers need."""


class EmbeddedAws:
    """One ministack on the loopback address, usable as a context manager.

    `executable` is ministack's script, in the environment that interprets it. With a
    `state_directory` the tables, queues and objects are kept there across runs; with None they are
    gone at the end. ministack saves at SIGTERM only: `stop` therefore waits generously, and what a
    run wrote is lost when it is killed otherwise. Its output replaces what is in `log_file`.
    APIs of its gateway answer at `<API's id>.execute-api.<host>`.
    """

    name = "embedded AWS"

    def __init__(
        self,
        *,
        port: int,
        state_directory: Path | None,
        executable: Path,
        log_file: Path,
        services: Sequence[str] = DATA_SERVICES,
        host: str | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._port = port
        self._state_directory = state_directory
        self._executable = executable
        self._log_file = log_file
        self._services = services
        self._host = host
        self._keep_open = keep_open
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and return when it answers.

        Raises LocalRunError when it is not installed, when the port is taken, when it ends at
        start, or when it does not answer within a minute; nothing is left running then.
        """
        if not self._executable.exists():
            message = f"{self._executable} is missing; `make run` and `make test` install it."
            raise LocalRunError(message)
        if not is_free(self._port):
            message = f"Port {self._port} is in use, so the embedded AWS cannot have it."
            raise LocalRunError(message)
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("wb") as log:
            self._process = start_on_leash(
                [str(self._executable)],
                python=str(self._executable.with_name("python")),
                environment=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                keep_open=self._keep_open,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """Stop it and let it save its state; safe to call again.

        Returns False when it had to be killed after a minute, or had failed before: what was
        written since its start is then lost.
        """
        if self._process is None:
            return True
        return end(self._process, _STOP_SECONDS) and self._process.returncode == 0

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""
        return self._process.wait() if self._process else 0

    def tail(self) -> str:
        """Return the last lines of its log."""
        return tail_of(self._log_file)

    def _environment(self) -> dict[str, str]:
        """Return all variables that it sees: those of the developer's shell must not steer it."""
        variables = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": LOOPBACK,
            "LOG_LEVEL": "WARNING",  # at INFO each request is a line, each poll of a queue included
            # Leaving the rest out makes its start three times as fast.
            "SERVICES": ",".join(self._services),
            # Listeners that it opens unasked, on ports of their own, for services left out above.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It removes containers that it takes for its own from any Docker daemon it finds.
            "DOCKER_HOST": "unix:///nonexistent/docker.sock",
            # Its pid file, named by port only, must not collide with another user's in /tmp.
            "TMPDIR": str(self._log_file.parent.absolute()),
        }
        if self._host:
            variables |= {"MINISTACK_HOST": self._host}
        if self._state_directory:
            state = self._state_directory.absolute()
            variables |= {"PERSIST_STATE": "1", "STATE_DIR": str(state)}
            variables |= {"S3_PERSIST": "1", "S3_DATA_DIR": str(state / "s3")}
        return variables

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Ask until it answers; between two questions, wait for the chance that it ends."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            try:
                code = process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                message = f"The embedded AWS does not answer after {_START_SECONDS:.0f} seconds"
            else:
                message = f"The embedded AWS ended at its start with code {code}"
            raise LocalRunError(f"{message}. The end of {self._log_file}:\n{self.tail()}")

    def _answers(self) -> bool:
        """Tell whether its readiness check says yes."""
        try:
            status = status_at(self._port, "/_ministack/ready", seconds=2)
        except (OSError, http.client.HTTPException):
            return False
        return status == http.HTTPStatus.OK
