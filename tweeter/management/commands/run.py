"""`manage.py run`: the whole product on this machine, what `make run` calls."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tweeter.local.ports import port_number
from tweeter.local.processes import LocalRunError
from tweeter.local.supervisor import LocalSystem, Supervisor, say_on_terminal


class Command(BaseCommand):
    """Starts the embedded AWS, the API and the workers, and stops them together."""

    help = "Runs everything on this machine (embedded AWS, API, workers) until Ctrl-C."
    requires_system_checks = ()  # its children check; it only starts and stops them

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the two ports and the place of the data."""
        parser.add_argument("--port", type=port_number, default=8000, help="of the API")
        parser.add_argument(
            "--aws-port", type=port_number, default=4566, help="of the embedded AWS"
        )
        default = Path(settings.BASE_DIR) / ".local"
        parser.add_argument("--data", type=Path, default=default, help="directory of the data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run in the foreground; exit code 0 after Ctrl-C, 1 with the reason after a failure."""
        root = Path(settings.BASE_DIR)
        system = LocalSystem(
            root=root,
            data=options["data"].absolute(),
            aws_executable=root / ".venv-aws" / "bin" / "ministack",
            port=options["port"],
            aws_port=options["aws_port"],
        )
        try:
            Supervisor(system, say_on_terminal).run()
        except LocalRunError as error:
            raise CommandError(str(error)) from error
