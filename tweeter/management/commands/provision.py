"""`manage.py provision`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from tweeter.config import get_config
from tweeter.management.base import AwsCommand
from tweeter.provisioning import provision, provision_function


class Command(AwsCommand):
    """Runs `tweeter.provisioning.provision`."""

    help = (
        "Create the tables, queues and bucket that are missing, and carry out settings that have "
        "changed; safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether a function is going to be deployed."""
        parser.add_argument(
            "--function",
            action="store_true",
            default=get_config().is_deployed and not get_config().on_lambda,
            help="also what a function on Lambda needs; always so in dev and production",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Provision, a line for each thing that says what was done."""
        if options["function"]:
            provision_function(self.stdout.write)
        provision(self.stdout.write)
