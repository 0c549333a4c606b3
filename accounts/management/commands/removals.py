"""`manage.py removals`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management import wiring
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted


class Command(AwsCommand):
    """Runs `accounts.unfinished.UnfinishedRemovals` over all accounts."""

    help = (
        "Show deleted accounts of which something may be left, or start their removal again: "
        "after a restoration, or when the messages of the queues were lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("action", choices=["show", "restart"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each account."""
        unfinished = wiring.unfinished_removals()
        restart = options["action"] == "restart"
        count = 0
        for closed in unfinished.all():
            if restart:
                unfinished.start_again(closed)
            self.stdout.write(f"{closed.id}: deleted {closed.closed_at:%Y-%m-%d %H:%M:%S}Z")
            count += 1
        outcome = "started again" if restart else "not finished"
        self.stdout.write(f"{counted(count, 'removal')} {outcome}.")
