"""Everything of `manage.py run`: starts the local system in order, watches it, and stops it."""

from __future__ import annotations

import http.client
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tweeter.local.data_lock import DataLock
from tweeter.local.environment import child_environment
from tweeter.local.ports import LOOPBACK, find_free, is_free, status_at
from tweeter.local.processes import Child, LocalRunError
from tweeter.local.stack import EmbeddedAws
from tweeter.seeding.cast import SUGGESTED
from tweeter.stop_signals import StopSignals

_HEALTH_SECONDS = 60.0
_HEALTH_POLL_SECONDS = 0.1
_API_GRACE_SECONDS = 10.0
_WORKERS_GRACE_SECONDS = 40.0
"""More than a Lambda function's timeout of 30 seconds, which is what a running handler may take."""

_ALREADY_STOPPING = "Already stopping; give the running work and the data a moment."


@dataclass(frozen=True, kw_only=True)
class LocalSystem:
    """Where the local system lives on this machine."""

    root: Path
    """The project's directory, with `manage.py` in it."""
    data: Path
    """The directory of everything that is kept from run to run."""
    aws_executable: Path
    port: int
    aws_port: int

    @property
    def api_url(self) -> str:
        """The address of the API, with the slash at its end."""
        return f"http://{LOOPBACK}:{self.port}/"


class _Running(Protocol):
    """A part that may end."""

    name: str

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""

    def tail(self) -> str:
        """Return the last lines of its log."""


class Supervisor:
    """Runs a LocalSystem in the foreground; `say` shows one line to the developer.

    The embedded AWS is started first and stopped last, so that nothing is written after it saved.
    Should this process be killed, the leash of its children stops them as well.
    """

    def __init__(self, system: LocalSystem, say: Callable[[str], None]) -> None:
        self._system = system
        self._say = say
        self._ended: queue.SimpleQueue[tuple[_Running, int]] = queue.SimpleQueue()
        suggested = {"TWEETER_SUGGESTED_ACCOUNTS": ",".join(SUGGESTED)}
        self._environment = suggested | child_environment(system.aws_port)

    def run(self) -> None:
        """Run until Ctrl-C, SIGTERM or SIGHUP, and return when everything has stopped.

        Raises LocalRunError when it cannot start, or when a part ends that should not; everything
        else has been stopped then too.
        """
        with (
            DataLock(self._system.data) as lock,
            StopSignals(lambda: self._say(_ALREADY_STOPPING)) as signals,
            suppress(KeyboardInterrupt),
            ExitStack() as parts,
        ):
            try:
                self._require_free_ports()
                self._start(parts, lock)
                self._raise_ended(*self._ended.get())
            finally:
                signals.disarm()

    def _start(self, parts: ExitStack, lock: DataLock) -> None:
        """Start all parts in order; `parts` stops those that were started in the reverse order."""
        system = self._system
        with self._step("Starting the embedded AWS"):
            aws = EmbeddedAws(
                port=system.aws_port,
                state_directory=system.data / "aws",
                executable=system.aws_executable,
                log_file=system.data / "logs" / "aws.log",
                keep_open=(lock.fileno(),),
            )
            aws.start()
            parts.callback(self._stop_aws, aws)
            self._watch(aws)
        with self._step("Creating tables, queues and bucket where missing"):
            self._finish_command("provision")
        with self._step("Filling in the demo where missing"):
            sign_in = self._fill_in_demo()
        with self._step("Starting the API and the workers"):
            self._start_service(parts, "workers", "work", grace_seconds=_WORKERS_GRACE_SECONDS)
            self._start_service(
                parts, "api", "serve", "--port", str(system.port), grace_seconds=_API_GRACE_SECONDS
            )
            self._wait_until_healthy()
        self._say(
            f"\nTweeter is running.\n"
            f"  API        {system.api_url}\n"
            f"  API docs   {system.api_url}docs/\n"
            f"  Ctrl-C stops it; the data stays in {system.data}\n" + "".join(sign_in)
        )

    def _require_free_ports(self) -> None:
        """Raise LocalRunError when a port is taken, before anything is started."""
        ports = {"PORT": self._system.port, "AWS_PORT": self._system.aws_port}
        for variable, port in ports.items():
            if not is_free(port):
                message = (
                    f"Port {port} is in use by another program. "
                    f"Choose another one, for example: make run {variable}={find_free()}"
                )
                raise LocalRunError(message)
        if len(set(ports.values())) < len(ports):
            message = "The API and the embedded AWS need two different ports."
            raise LocalRunError(message)

    def _fill_in_demo(self) -> list[str]:
        """Return how to sign in, nothing where the demo can't be made: all else works without."""
        try:
            return self._finish_command("seed")
        except LocalRunError as error:
            self._say(f"{error}\nTweeter starts without the demo.")
            return []

    def _finish_command(self, command: str) -> list[str]:
        """Run a management command to its end, and return the lines that it printed.

        Its errors and progress bars go to the terminal as they come.
        """
        lines: list[str] = []
        child = Child(
            command,
            [str(self._system.root / "manage.py"), command],
            environment=self._environment,
            on_line=lambda line: lines.append(f"  {line}\n"),
            stderr=None,
        )
        try:
            code = child.wait()
        finally:  # also when it was Ctrl-C that ended the waiting
            child.stop(_API_GRACE_SECONDS)
        if code:
            message = f"`manage.py {command}` failed with code {code}, as told above."
            raise LocalRunError("\n".join(filter(None, (message, child.tail()))))
        return lines

    def _start_service(
        self, parts: ExitStack, name: str, *command: str, grace_seconds: float
    ) -> None:
        """Start a management command that goes on until it is stopped."""
        child = Child(
            name,
            [str(self._system.root / "manage.py"), *command],
            environment=self._environment,
            on_line=lambda line: self._say(f"{name:>7} | {line}"),
        )
        parts.callback(self._stop_service, child, grace_seconds)
        self._watch(child)

    def _watch(self, part: _Running) -> None:
        """Note in `_ended` when a part ends."""

        def note_end() -> None:
            code = part.wait()
            self._ended.put((part, code))

        threading.Thread(target=note_end, name=f"{part.name}-watch", daemon=True).start()

    def _raise_ended(self, part: _Running, code: int) -> None:
        """Raise the LocalRunError that tells of a part that ended."""
        message = f"{part.name} ended unexpectedly, with code {code}. The end of its log:"
        raise LocalRunError(f"{message}\n{part.tail() or '(empty)'}")

    def _wait_until_healthy(self) -> None:
        """Ask the API for its health until it is well; between, wait for the chance of an end."""
        deadline = time.monotonic() + _HEALTH_SECONDS
        while (answer := self._health()) != http.HTTPStatus.OK:
            if time.monotonic() > deadline:
                message = f"GET {self._system.api_url}health/ still gives {answer}"
                raise LocalRunError(f"{message} after {_HEALTH_SECONDS:.0f} seconds")
            try:
                ended = self._ended.get(timeout=_HEALTH_POLL_SECONDS)
            except queue.Empty:
                continue
            self._raise_ended(*ended)

    def _health(self) -> int | str:
        """Return the status of GET /health/, or why there is none."""
        try:
            return status_at(self._system.port, "/health/", seconds=5)
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({error})"

    def _stop_service(self, child: Child, grace_seconds: float) -> None:
        """Stop a service, and say so: what is under way in it may take a while."""
        self._say(f"Stopping the {child.name} ...")
        child.stop(grace_seconds)

    def _stop_aws(self, aws: EmbeddedAws) -> None:
        """Stop the embedded AWS and tell what became of the data."""
        self._say("Stopping the embedded AWS ...")
        if aws.stop():
            self._say(f"The data is kept in {self._system.data}; `make clean-data` removes it.")
        else:
            self._say("The embedded AWS could not save: the data is as it was before this run.")

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Show a step of the start and how long it took."""
        started = time.monotonic()
        self._say(f"{what} ...")
        yield
        self._say(f"  done in {time.monotonic() - started:.1f} s")


def say_on_terminal(line: str) -> None:
    """Print a line, unless the terminal has gone away, as it has after SIGHUP."""
    try:
        sys.stdout.write(f"{line}\n")  # in one piece, since lines come from several threads
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
