"""Worker processes that log what they do."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from bench.fanout.work_log import WorkLog
from tweeter.local.processes import Child

READY = "the workers begin"
"""What a worker process says when it has been imported."""

PACED = "worker_process.py"
"""The product's workers."""
UNPACED = "unpaced.py"
"""Those that they are compared with."""

_START_SECONDS = 60.0
_SETTLE_SECONDS = 1.5
"""From then until all of its pollers wait for messages."""
_GRACE_SECONDS = 40.0
"""More than the function's timeout, which is what a running handler may take."""


class Workers:
    """A worker process, running while it is entered; its warnings go to standard error.

    `script` is a file of this package that takes the log's path, then `arguments`. `log` is there
    after that. RuntimeError when it does not start, failed, or had to be killed.
    """

    log: WorkLog

    def __init__(self, script: str = PACED, arguments: Sequence[str] = ()) -> None:
        self._script = Path(__file__).with_name(script)
        self._arguments = arguments
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._directory = TemporaryDirectory(prefix="tweeter-bench-work-")
        self._log_file = Path(self._directory.name) / "log.json"
        self._child = Child(
            "workers",
            [str(self._script), str(self._log_file), *self._arguments],
            environment=os.environ,
            on_line=self._take,
        )
        if not self._ready.wait(_START_SECONDS):
            self._child.stop(_GRACE_SECONDS)
            message = f"the workers did not start:\n{self._child.tail()}"
            raise RuntimeError(message)
        time.sleep(_SETTLE_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._directory:
            self._child.stop(_GRACE_SECONDS)
            if self._log_file.exists():
                self.log = WorkLog.from_json(self._log_file.read_text(encoding="utf-8"))
            elif error is None:
                message = f"the workers did not end well:\n{self._child.tail()}"
                raise RuntimeError(message)

    def _take(self, line: str) -> None:
        if line == READY:
            self._ready.set()
        else:
            print(line, file=sys.stderr)
