"""`manage.py teardown`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tweeter.config import get_config
from tweeter.management.base import AwsCommand
from tweeter.provisioning import teardown, teardown_function


class Command(AwsCommand):
    """Runs `tweeter.provisioning.teardown`."""

    help = "Delete all that provision makes: tables, queues and the bucket, with all data."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one word that makes it happen, and whether there is a function."""
        parser.add_argument("--yes", action="store_true", help="really delete all data")
        parser.add_argument(
            "--function",
            action="store_true",
            default=get_config().is_deployed,
            help="also what the function needed; `zappa undeploy` comes first",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, a line for each thing; nothing without `--yes`."""
        if not options["yes"]:
            message = f"This deletes all data of {get_config().name_prefix}; say --yes to do it."
            raise CommandError(message)
        teardown(self.stdout.write)
        if options["function"]:
            teardown_function(self.stdout.write)
