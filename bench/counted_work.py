"""The workers as a process of their own, like `make run` has them, with their calls counted."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from bench.tally import WorkReport
from tweeter.local.processes import Child

_SCRIPT = Path(__file__).with_name("worker_process.py")
_START_SECONDS = 60.0
_GRACE_SECONDS = 40.0
"""More than the function's timeout of 30 seconds, which is what a running handler may take."""

READY = "the workers begin"
"""What the process says when it has been imported."""


class CountedWork:
    """Both workers, running while it is entered; what they say on the way goes to standard error.

    `report` is there after that. RuntimeError at the end when they failed or had to be killed.
    """

    report: WorkReport

    def __init__(self) -> None:
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        """Start them, and return when they are about to take messages; RuntimeError."""
        self._directory = TemporaryDirectory(prefix="tweeter-bench-work-")
        self._report_file = Path(self._directory.name) / "report.json"
        self._child = Child(
            "workers",
            [str(_SCRIPT), str(self._report_file)],
            environment=os.environ,
            on_line=self._take,
        )
        if not self._ready.wait(_START_SECONDS):
            self._child.stop(_GRACE_SECONDS)
            message = f"the workers did not start:\n{self._child.tail()}"
            raise RuntimeError(message)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._directory:
            self._child.stop(_GRACE_SECONDS)
            if self._report_file.exists():
                self.report = WorkReport.from_json(self._report_file.read_text(encoding="utf-8"))
            elif error is None:
                message = f"the workers did not end well:\n{self._child.tail()}"
                raise RuntimeError(message)

    def _take(self, line: str) -> None:
        if line == READY:
            self._ready.set()
        else:
            print(line, file=sys.stderr)
