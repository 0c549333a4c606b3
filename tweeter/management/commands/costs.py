"""`manage.py costs`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from tweeter import prices
from tweeter.capacity import TableCapacity
from tweeter.config import get_config
from tweeter.costs import Installation, month, month_table, post_table, use_table
from tweeter.errors import NotFound
from tweeter.management.base import AwsCommand
from tweeter.provisioning.alarm_definitions import alarms
from tweeter.tables import Capacity
from tweeter.triggers import Triggers

_SNAPSHOT_GB = 3 * 0.5
"""Versions of 512 MB: two that `num_retained_versions` of zappa_settings.json has production keep,
and one that Zappa publishes after it has removed the others."""


class Command(AwsCommand):
    """Shows what the present settings cost."""

    help = "Show what a month costs at the present settings, and what a post to N followers does."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of followers."""
        parser.add_argument("--followers", type=_count, default=10_000, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print three tables."""
        capacity, source = _feed_capacity()
        self.stdout.write(f"Prices of {prices.DATED}, {prices.REGION}, without taxes.")
        self.stdout.write(f"The feed table is counted {source}.\n")
        self.stdout.write("\n".join(month_table(month(_installation(capacity)))))
        self.stdout.write("")
        on_demand = capacity.write == 0
        self.stdout.write("\n".join(post_table(options["followers"], on_demand=on_demand)))
        self.stdout.write("")
        self.stdout.write("\n".join(use_table()))


def _count(text: str) -> int:
    """Return a number of followers; ArgumentTypeError."""
    if not text.isascii() or not text.isdigit():
        message = f"{text!r} is no number of followers"
        raise ArgumentTypeError(message)
    return int(text)


def _feed_capacity() -> tuple[Capacity, str]:
    """Return the feed table's capacity, none of it on demand, and whence that is known."""
    try:
        feeds = TableCapacity().show("feeds")
    except NotFound:
        config = get_config()
        configured = Capacity(read=config.feed_read_capacity, write=config.feed_write_capacity)
        return configured, "as configured, since there is none yet"
    if feeds.on_demand:
        return Capacity(read=0, write=0), "as it is, on demand"
    return feeds.capacity, "as it is"


def _installation(capacity: Capacity) -> Installation:
    """Return what is paid for at present, with a feed table of this capacity."""
    config = get_config()
    watched = alarms() if config.is_deployed else []
    return Installation(
        feed_read_capacity=capacity.read,
        feed_write_capacity=capacity.write,
        polled_queues=sum(trigger.is_polled for trigger in Triggers().show()),
        alarm_metrics=sum(1 if alarm.capacity is None else 2 for alarm in watched),
        dashboards=int(config.is_deployed),
        snapshot_gb=_SNAPSHOT_GB if config.environment == "production" else 0,
    )
