"""`manage.py recount`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.entities import AccountId, account_id_of
from accounts.management import wiring
from accounts.recount import Finding
from tweeter.errors import NotFound
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted


class Command(AwsCommand):
    """Runs `accounts.recount.Recount` over some accounts or all."""

    help = "Check the counts of accounts against what they count, and mend them with --fix."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take aliases, and whether to mend."""
        parser.add_argument("aliases", nargs="*", metavar="ALIAS", help="all accounts if left out")
        parser.add_argument("--fix", action="store_true", help="mend what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each wrong count; exit code 1 when any is left as it is."""
        chosen = [account_id_of(alias) for alias in options["aliases"]]
        fix = options["fix"]
        recount = wiring.recount()
        account_ids: Iterable[AccountId] = chosen or recount.all_accounts()
        checked = wrong = 0
        for account_id in account_ids:
            try:
                finding = recount.mend(account_id) if fix else recount.check(account_id)
            except NotFound:
                if chosen:
                    raise
                continue  # it was deleted while others were being counted
            checked += 1
            wrong += bool(finding.differences())
            self._print(finding, "mended" if fix else "left")
        if wrong and not fix:
            message = f"Wrong counts at {wrong} of {counted(checked, 'account')}; --fix mends them."
            raise CommandError(message)
        outcome = f"{wrong} mended" if fix else "all counts are true"
        self.stdout.write(f"{counted(checked, 'account')} checked, {outcome}.")

    def _print(self, finding: Finding, outcome: str) -> None:
        for name, stored, true in finding.differences():
            self.stdout.write(f"{finding.stored.alias}: {name} {stored}, truly {true}; {outcome}")
