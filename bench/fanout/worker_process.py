"""Runs `manage.py work` with a log of what it did: `worker_process.py LOG`.

The log is written when the workers have been stopped.
"""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from bench.fanout.work_log import Logger
from bench.recorder import Recorder
from bench.running_workers import READY
from tweeter import aws
from tweeter.config import get_config
from workers import fan_out, feed_write


def main() -> None:
    """Work until SIGTERM, then write the log."""
    logger = Logger(get_config().table_name("feeds"))
    # Where `manage.py work` looks them up, and Lambda by their names.
    fan_out.handler = logger.billed("fan-out", fan_out.handler)
    feed_write.handler = logger.billed("feed-write", feed_write.handler)
    clients = [
        aws.client("dynamodb"),
        aws.client("dynamodb", attempts=1),  # the one that writes feed entries
        aws.client("sqs"),
    ]
    print(READY, flush=True)
    with Recorder(clients, logger.note):
        execute_from_command_line(["manage.py", "work"])
    Path(sys.argv[1]).write_text(logger.log.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
