"""`manage.py deploy_local`: what `make deploy-local` calls."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tweeter.local.deployed import DeployedSystem
from tweeter.local.ports import port_number
from tweeter.local.processes import LocalRunError
from tweeter.local.supervisor import say_on_terminal
from tweeter.stop_signals import StopSignals


class Command(BaseCommand):
    """Deploys to an embedded AWS by Zappa, and keeps that running."""

    help = "Deploys to an embedded AWS on this machine, which forgets everything at Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port."""
        parser.add_argument(
            "--aws-port", type=port_number, default=4566, help="of the embedded AWS"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Deploy, say where, and wait; exit code 0 after Ctrl-C, 1 after a failure."""
        root = Path(settings.BASE_DIR)
        system = DeployedSystem(
            root=root,
            port=options["aws_port"],
            folder=root / ".local" / "deployed",
            say=say_on_terminal,
        )
        try:
            with StopSignals(lambda: say_on_terminal("Stopping ...")), suppress(KeyboardInterrupt):
                self._run(system)
        except LocalRunError as error:
            raise CommandError(str(error)) from error

    def _run(self, system: DeployedSystem) -> None:
        with system:
            url = system.deploy()
            say_on_terminal(
                f"\nTweeter is deployed.\n"
                f"  API  {url}/\n"
                f"  scripts/zappa-local update, tail, manage 'triggers status', undeploy --yes\n"
                f"  Ctrl-C stops the embedded AWS, with all data"
            )
            system.wait()
        raise LocalRunError("The embedded AWS ended unexpectedly.")
