"""`manage.py provision`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tweeter.errors import TweeterError
from tweeter.provisioning import provision


class Command(BaseCommand):
    """Runs `tweeter.provisioning.provision`."""

    help = "Create the tables, queues and bucket that are missing; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Provision, a line for each thing."""
        try:
            provision(self.stdout.write)
        except TweeterError as error:
            raise CommandError(error.message) from error
