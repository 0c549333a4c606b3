"""The workers as a process of their own, like `make run` has them, with their calls counted."""

from __future__ import annotations

from pathlib import Path

from bench.running_workers import RunningWorkers
from bench.tally import WorkReport


class CountedWork(RunningWorkers):
    """`report` is there when the workers have been stopped."""

    report: WorkReport

    def __init__(self) -> None:
        super().__init__(Path(__file__).with_name("worker_process.py"))

    def read(self, written: str) -> None:
        """Keep the report."""
        self.report = WorkReport.from_json(written)
