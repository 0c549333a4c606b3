"""`manage.py triggers`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tweeter.management.base import AwsCommand
from tweeter.triggers import Triggers


class Command(AwsCommand):
    """Connects the queues with the workers, or disconnects them."""

    help = (
        "Show whether Lambda takes messages from the queues, or switch that on or off. Off, "
        "nothing is polled and nothing is paid; statuses wait, and are delivered once it is on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("action", choices=["on", "off", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and print a line for each queue; CommandError where one may still be polled though
        it was to be switched off."""
        action, triggers = options["action"], Triggers()
        shown = triggers.show() if action == "status" else triggers.switch(on=action == "on")
        for trigger in shown:
            self.stdout.write(f"{trigger.queue:<30} {trigger.state.lower()}")
        unknown = [trigger.queue for trigger in shown if not trigger.is_connected]
        if action == "off" and unknown:
            message = (
                f"No mapping of {', '.join(unknown)} is known. Where only the tag that names it is "
                "lost, Lambda goes on taking messages, as `aws lambda list-event-source-mappings` "
                "tells."
            )
            raise CommandError(message)
