"""Worker processes that write down what they do."""

from __future__ import annotations

import os
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tweeter.local.processes import Child

READY = "the workers begin"
"""What the process says when it has been imported."""

_START_SECONDS = 60.0
_GRACE_SECONDS = 40.0
"""More than the function's timeout of 30 seconds, which is what a running handler may take."""


class RunningWorkers(ABC):
    """Both workers, running while it is entered; what they say on the way goes to standard error.

    `script` takes the path of the file that it writes when it has been stopped, then `arguments`.
    RuntimeError when it does not start, failed, or had to be killed.
    """

    def __init__(self, script: Path, arguments: Sequence[str] = ()) -> None:
        self._script = script
        self._arguments = arguments
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        """Start them, and return when they are about to take messages."""
        self._directory = TemporaryDirectory(prefix="tweeter-bench-work-")
        self._file = Path(self._directory.name) / "written.json"
        self._child = Child(
            "workers",
            [str(self._script), str(self._file), *self._arguments],
            environment=os.environ,
            on_line=self._take,
        )
        if not self._ready.wait(_START_SECONDS):
            self._child.stop(_GRACE_SECONDS)
            message = f"the workers did not start:\n{self._child.tail()}"
            raise RuntimeError(message)
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        with self._directory:
            self._child.stop(_GRACE_SECONDS)
            if self._file.exists():
                self.read(self._file.read_text(encoding="utf-8"))
            elif error is None:
                message = f"the workers did not end well:\n{self._child.tail()}"
                raise RuntimeError(message)

    @abstractmethod
    def read(self, written: str) -> None:
        """Take what the process wrote."""

    def _take(self, line: str) -> None:
        if line == READY:
            self._ready.set()
        else:
            print(line, file=sys.stderr)
