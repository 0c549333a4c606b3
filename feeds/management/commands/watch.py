"""`manage.py watch`."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]

from feeds.entities import Delivery, DeliveryState
from tweeter import wiring
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.1, 3_600.0


class Command(AwsCommand):
    """Follows the delivery of a status until it is in every feed, or Ctrl-C."""

    help = "Show how far a status has come into its author's followers' feeds, until it is in all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which status, and how often to look."""
        parser.add_argument("status", metavar="ID", help="the id that posting answered with")
        parser.add_argument(
            "--every", type=float, default=1.0, metavar="SECONDS", help="1 if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look again and again; the last line says what it came to."""
        if not _SHORTEST_SECONDS <= options["every"] <= _LONGEST_SECONDS:
            message = f"--every must be {_SHORTEST_SECONDS} to {_LONGEST_SECONDS:.0f} seconds."
            raise CommandError(message)
        try:
            self._watch(options["status"], options["every"])
        except KeyboardInterrupt:
            self.stdout.write("Stopped watching; the delivery goes on.")

    def _watch(self, status_id: str, pause: float) -> None:
        delivery = wiring.feed_service().watch(status_id)
        with tqdm(total=delivery.followers, unit=" feeds", file=self.stderr) as bar:
            while True:
                bar.total = delivery.followers
                bar.set_description(delivery.state.value)
                bar.update(delivery.delivered - bar.n)
                if delivery.state is DeliveryState.DELIVERED:
                    break
                time.sleep(pause)
                delivery = wiring.feed_service().watch(status_id)
        self.stdout.write(_summary(delivery))


def _summary(delivery: Delivery) -> str:
    delivered = f"Delivered to {counted(delivery.followers, 'feed')}"
    if delivery.started_at is None or delivery.finished_at is None:
        return f"{delivered}."
    seconds = (delivery.finished_at - delivery.started_at).total_seconds()
    return f"{delivered}, {seconds:.1f} s after the fan-out began."
