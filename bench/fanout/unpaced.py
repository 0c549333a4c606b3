"""A fan-out as it is usually written, to compare with: `unpaced.py LOG QUEUE`.

Its workers write whatever comes as fast as it comes. What the table has no capacity for is sent
again at once, a few times; the rest is left to SQS, which hands the whole chunk out again after
the visibility timeout, and to the dead letters after a few receives.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from typing import Any

from botocore.exceptions import ClientError

from bench.fanout.work_log import Logger
from bench.recorder import Recorder
from bench.running_workers import READY
from tweeter import aws
from tweeter.config import get_config
from tweeter.local.event_source import EventSourceMapping, MappingSettings

CHUNK = 25
"""Entries in one message: one BatchWriteItem."""
_TRIES = 4
_TIMEOUT_SECONDS = 30.0


def main() -> None:
    """Work until SIGTERM, then write the log."""
    log_file, queue = sys.argv[1:]
    logger = Logger(get_config().table_name("feeds"))
    writer = aws.client("dynamodb", attempts=1)
    mapping = EventSourceMapping(
        sqs=aws.client("sqs"),
        queue_name=queue,
        handler=logger.billed("unpaced", handler),
        settings=MappingSettings(timeout_seconds=_TIMEOUT_SECONDS),
    )
    signal(SIGTERM, default_int_handler)
    with Recorder([writer], logger.note):
        try:
            mapping.start()
            print(READY, flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            mapping.stop(_TIMEOUT_SECONDS)
    Path(log_file).write_text(logger.log.to_json(), encoding="utf-8")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Write the chunks of an SQS event into feeds; return which messages failed."""
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not _write(json.loads(record["body"]))
    ]
    return {"batchItemFailures": failed}


def _write(chunk: dict[str, Any]) -> bool:
    """Write a chunk; tell whether the table took all of it."""
    table = get_config().table_name("feeds")
    left: list[Any] = [
        {
            "PutRequest": {
                "Item": {
                    "owner_id": {"S": owner},
                    "status_id": {"S": chunk["status"]},
                    "author_id": {"S": chunk["author"]},
                }
            }
        }
        for owner in chunk["owners"]
    ]
    client = aws.client("dynamodb", attempts=1)
    for _ in range(_TRIES):
        try:
            answer = client.batch_write_item(RequestItems={table: left})
        except ClientError as error:
            if aws.error_code(error) not in aws.THROTTLING_CODES:
                raise
            continue
        left = answer.get("UnprocessedItems", {}).get(table, [])
        if not left:
            return True
    return False


if __name__ == "__main__":
    main()
