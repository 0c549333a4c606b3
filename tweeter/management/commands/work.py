"""`manage.py work`: both queue workers, outside of Lambda."""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config as BotocoreConfig
from django.core.management.base import BaseCommand

from tweeter.aws import client
from tweeter.config import get_config
from tweeter.local.event_source import EventSourceMapping, Handler, MappingSettings
from workers import fan_out, feed_write

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)

_READ_TIMEOUT_SECONDS = 60


class Command(BaseCommand):
    """Polls the fan-out and the feed queue and calls the Lambda handlers, until it is stopped."""

    help = "Runs the workers of both queues until SIGTERM or Ctrl-C, as Lambda would."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the settings that the event source mappings have on AWS."""
        parser.add_argument("--fan-out-batch", type=int, default=1, metavar="MESSAGES")
        parser.add_argument("--fan-out-concurrency", type=int, default=2, metavar="INVOCATIONS")
        parser.add_argument("--feed-batch", type=int, default=10, metavar="MESSAGES")
        parser.add_argument("--feed-concurrency", type=int, default=2, metavar="INVOCATIONS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Poll until the first signal; then let running handlers finish within their timeout."""
        config = get_config()
        if config.log_level != "DEBUG":
            # A line for each message is made for searching, not for a terminal.
            logging.getLogger("workers.records").setLevel(logging.WARNING)
        sqs = _polling_client()
        fan_out_mapping = _mapping(
            sqs,
            config.fan_out_queue_name,
            fan_out.handler,
            batch_size=options["fan_out_batch"],
            maximum_concurrency=options["fan_out_concurrency"],
        )
        feed_mapping = _mapping(
            sqs,
            config.feed_queue_name,
            feed_write.handler,
            batch_size=options["feed_batch"],
            maximum_concurrency=options["feed_concurrency"],
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            fan_out_mapping.start()
            feed_mapping.start()
            threading.Event().wait()
        except KeyboardInterrupt:
            logger.info("Stopping: running handlers finish first")
        feed_mapping.request_stop()
        deadline = time.monotonic() + config.function_timeout_seconds
        stopped = [
            mapping.stop(max(0.0, deadline - time.monotonic()))
            for mapping in (fan_out_mapping, feed_mapping)
        ]
        if not all(stopped):
            logger.warning("A handler did not finish in time; its messages will come back")


def _polling_client() -> SQSClient:
    """Return a client to the same SQS as the application's, but patient, and without retries.

    An answer to ReceiveMessage that comes after the client gave up hides its messages for a whole
    visibility timeout; the application's short timeouts are wrong for that. The mappings retry.
    """
    application = client("sqs")
    patience = BotocoreConfig(
        read_timeout=_READ_TIMEOUT_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"}
    )
    # The embedded AWS takes any credentials, and must work where the machine has none.
    made_up = "local" if get_config().environment == "local" else None
    return boto3.session.Session().client(
        "sqs",
        endpoint_url=application.meta.endpoint_url,
        region_name=application.meta.region_name,
        config=application.meta.config.merge(patience),
        aws_access_key_id=made_up,
        aws_secret_access_key=made_up,
    )


def _mapping(
    sqs: SQSClient, queue_name: str, handler: Handler, *, batch_size: int, maximum_concurrency: int
) -> EventSourceMapping:
    """Return the mapping of one queue to its handler."""
    return EventSourceMapping(
        sqs=sqs,
        queue_name=queue_name,
        handler=handler,
        settings=MappingSettings(
            batch_size=batch_size,
            maximum_concurrency=maximum_concurrency,
            timeout_seconds=get_config().function_timeout_seconds,
        ),
    )
