"""The workers as a process of their own, with a log of what they do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from bench.fanout.work_log import WorkLog
from bench.running_workers import RunningWorkers

PACED = "worker_process.py"
"""The product's workers."""
UNPACED = "unpaced.py"
"""Those that they are compared with."""

_SETTLE_SECONDS = 1.5
"""From their start until all of their pollers wait for messages."""


class LoggedWork(RunningWorkers):
    """`log` is there when the workers have been stopped; `script` is a file of this package."""

    log: WorkLog

    def __init__(self, script: str = PACED, arguments: Sequence[str] = ()) -> None:
        super().__init__(Path(__file__).with_name(script), arguments)

    def __enter__(self) -> Self:
        """Start them, and return when they wait for messages."""
        super().__enter__()
        time.sleep(_SETTLE_SECONDS)
        return self

    def read(self, written: str) -> None:
        """Keep the log."""
        self.log = WorkLog.from_json(written)
