"""What all commands that talk to AWS share."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tweeter.config import get_config
from tweeter.deployment.stage import adopt_stage
from tweeter.management.errors import explain


class AwsCommand(BaseCommand):
    """A command whose errors are one line for the operator, and exit code 1.

    These are all TweeterErrors, and whatever AWS or its client answers. A traceback is left to
    faults in the program; `--traceback` shows that of the others too. In an operator's shell it
    takes over the settings of the deployed function.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; CommandError for what the operator can do something about."""
        config = get_config()
        try:
            if config.is_deployed and not config.on_lambda:
                adopt_stage(config.environment)
            return super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            raise CommandError(message) from error
