"""Runs `manage.py work` with its calls to AWS counted: `worker_process.py REPORT`.

The report is written when the workers have been stopped. What the event source mapping itself asks
of SQS (receiving, deleting) is not in it: on AWS that is Lambda's part.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from bench.recorder import Recorder
from bench.running_workers import READY
from bench.tally import Tally
from tweeter import aws
from tweeter.config import get_config


def main() -> None:
    """Work until SIGTERM, then write the report."""
    report_file = Path(sys.argv[1])
    tally = Tally(get_config().table_name("feeds"))
    print(READY, flush=True)
    clients = [aws.client("dynamodb"), aws.client("dynamodb", attempts=1), aws.client("sqs")]
    with Recorder(clients, tally.note):
        execute_from_command_line(["manage.py", "work"])
    tally.report.peak_bytes = _peak_bytes()
    report_file.write_text(tally.report.to_json(), encoding="utf-8")


def _peak_bytes() -> int:
    """Return the most memory that this process ever had."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux a process inherits its parent's peak there, through fork and exec.
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
