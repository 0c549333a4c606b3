"""`manage.py recount`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.entities import AccountId, account_id_of
from accounts.management import wiring
from accounts.recount import Finding, NeverStill, Recount
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

    def __init__(
        self, *args: Any, make: Callable[[], Recount] = wiring.recount, **kwargs: Any
    ) -> None:
        """`make` returns what counts."""
        super().__init__(*args, **kwargs)
        self._make = make

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each wrong count, and for each account that can't be counted; exit code
        1 when there is such an account, or a count is left wrong."""
        chosen = [account_id_of(alias) for alias in options["aliases"]]
        fix = options["fix"]
        recount = self._make()
        account_ids: Iterable[AccountId] = chosen or recount.all_accounts()
        checked = wrong = uncounted = 0
        for account_id in account_ids:
            try:
                finding = recount.mend(account_id) if fix else recount.check(account_id)
            except NotFound:
                if chosen:
                    raise
                continue  # it was deleted while others were being counted
            except NeverStill as error:
                self.stdout.write(error.message)
                uncounted += 1
                continue
            checked += 1
            wrong += bool(finding.differences())
            self._print(finding, "mended" if fix else "left")
        self._conclude(checked, wrong, uncounted, fix=fix)

    def _conclude(self, checked: int, wrong: int, uncounted: int, *, fix: bool) -> None:
        """Say what it came to; CommandError where something is left to do."""
        left = []
        if wrong and not fix:
            accounts = counted(checked, "account")
            left.append(f"Wrong counts at {wrong} of {accounts}; --fix mends them.")
        else:
            outcome = f"{wrong} mended" if fix else "all counts are true"
            self.stdout.write(f"{counted(checked, 'account')} checked, {outcome}.")
        if uncounted:
            left.append(f"{counted(uncounted, 'account')} could not be counted.")
        if left:
            raise CommandError(" ".join(left))

    def _print(self, finding: Finding, outcome: str) -> None:
        for name, stored, true in finding.differences():
            self.stdout.write(f"{finding.stored.alias}: {name} {stored}, truly {true}; {outcome}")
