"""Child processes that a supervisor starts on a leash, listens to, and ends."""

from __future__ import annotations

import subprocess  # nosec B404 # each call is judged by itself
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_LEASH = Path(__file__).with_name("leash.py")
_TAIL_LINES = 20


class LocalRunError(Exception):
    """The local system cannot start or go on; the message tells the developer why."""


def start_on_leash(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    stdout: int | IO[bytes],
    stderr: int | IO[bytes] | None,
    python: str = sys.executable,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a Python script (path, then arguments) that never outlives this process for long.

    It gets a session of its own, so that a terminal's Ctrl-C reaches the supervisor only, which
    then ends its children in order. `keep_open` are file descriptors that it inherits.
    """
    # No shell, and nothing of the command comes from outside.
    return subprocess.Popen(  # noqa: S603 # nosec B603
        [python, str(_LEASH), *command],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        env=dict(environment),
        start_new_session=True,
        pass_fds=keep_open,
    )


def end(process: subprocess.Popen[bytes], grace_seconds: float) -> bool:
    """Ask a process to end by SIGTERM, and kill it after the grace time.

    Returns whether it ended by itself. Does nothing to a process that has ended already.
    """
    process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    finally:
        if process.stdin:
            process.stdin.close()
    return True


def tail_of(file: Path) -> str:
    """Return the last lines of a log file, empty when there is none."""
    if not file.exists():
        return ""
    with file.open(encoding="utf-8", errors="replace") as lines:
        return "".join(deque(lines, _TAIL_LINES)).rstrip()


class Child:
    """A `manage.py` command that runs as a child, each line of its output handed to `on_line`.

    `name` is what the developer knows it by. With `stderr=None` its standard error goes to the
    terminal directly, otherwise it is part of the output.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        stderr: int | None = subprocess.STDOUT,
    ) -> None:
        self.name = name
        self._on_line = on_line
        self._last_lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self._process = start_on_leash(
            command, environment=environment, stdout=subprocess.PIPE, stderr=stderr
        )
        self._reader = threading.Thread(target=self._read, name=f"{name}-output", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Take the child's output until it closes it; a pipe that nobody reads would block it."""
        output = self._process.stdout
        if output is None:
            return
        with output:
            for raw in output:
                line = raw.decode(errors="replace").rstrip()
                self._last_lines.append(line)
                self._on_line(line)

    def wait(self) -> int:
        """Wait until it has ended and all of its output was handed on; return its exit code."""
        code = self._process.wait()
        self._reader.join(timeout=5)  # bounded: a grandchild may hold the pipe open
        return code

    def tail(self) -> str:
        """Return the last lines of its output."""
        return "\n".join(tuple(self._last_lines))

    def stop(self, grace_seconds: float) -> bool:
        """End it as `end` does, and return once its output was handed on."""
        ended_by_itself = end(self._process, grace_seconds)
        self.wait()
        return ended_by_itself
