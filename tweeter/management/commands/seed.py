"""`manage.py seed`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.entities import account_id_of
from tweeter import wiring
from tweeter.capacity import TableCapacity
from tweeter.config import get_config
from tweeter.errors import Conflict
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted
from tweeter.seeding import wiring as seeding_wiring
from tweeter.seeding.cast import CHARACTERS, STATUSES
from tweeter.seeding.crowd import Crowd
from tweeter.seeding.progress import Bars
from tweeter.seeding.raised_capacity import RaisedCapacity
from tweeter.tables import Capacity

DEMO_PASSWORD = "seven tame comets"  # noqa: S105 - it is printed: no secret # nosec B105
_FILLED_TABLES = ("accounts", "follows")
_FILLING_CAPACITY = Capacity(read=500, write=1_000)
"""For each of them. More WCU are of no use: the celebrity's followers are one partition, and none
takes more (AWS: best practices for partition keys). Reading who is there keeps pace with that."""
_INTERRUPTED = 130
"""The exit code of a program that ended by Ctrl-C, as shells have it."""


class Command(AwsCommand):
    """Plays the demo once, or makes a crowd that follows a celebrity."""

    help = (
        "Make a small lively demo, once; or, with --users and --celebrity, so many accounts that "
        "all follow one. Interrupted runs are completed by running the same again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the crowd's size and its celebrity."""
        parser.add_argument("--users", type=int, metavar="N", help="size of the crowd")
        parser.add_argument("--celebrity", metavar="ALIAS", help="whom all of them follow")
        parser.add_argument(
            "--prefix", default="user", help="the crowd's aliases are this and 00001, 00002, ..."
        )
        parser.add_argument("--threads", type=int, default=8, help="that write the crowd")
        parser.add_argument(
            "--password", help="of every account; needed where others can reach the API"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing, and print how to sign in."""
        size, celebrity = options["users"], options["celebrity"]
        if (size is None) != (celebrity is None):
            message = "--users and --celebrity go together."
            raise CommandError(message)
        if min(options["threads"], 1 if size is None else size) < 1:
            message = "--users and --threads must be at least 1."
            raise CommandError(message)
        password = _password(options["password"])
        try:
            if size is None:
                self._demo(password)
            else:
                crowd = Crowd(options["prefix"], size)
                self._crowd(crowd, celebrity, password, options["threads"])
        except KeyboardInterrupt as error:
            message = "Interrupted; the same command goes on from here."
            raise CommandError(message, returncode=_INTERRUPTED) from error

    def _demo(self, password: str) -> None:
        demo = seeding_wiring.demo(password)
        if demo.is_complete():
            self.stdout.write("The demo is there already.")
        else:
            demo.play()
            people = len(CHARACTERS) + 1
            self.stdout.write(f"Made the demo: {people} accounts, {len(STATUSES)} statuses.")
        alias = demo.whom_to_try()
        if alias is not None:
            self._print_sign_in(alias, password)

    def _crowd(self, crowd: Crowd, celebrity: str, password: str, threads: int) -> None:
        is_new = self._make_celebrity(celebrity, password)
        seeder = seeding_wiring.crowd_seeder(password)
        raised = RaisedCapacity(TableCapacity(), self.stderr.write)
        with (
            raised.of(_FILLED_TABLES, _FILLING_CAPACITY),
            Bars({"follows": crowd.size, "accounts": crowd.size}) as bars,
        ):
            passed_over = seeder.seed(crowd, account_id_of(celebrity), bars, threads)
        account = wiring.account_service().get(celebrity)
        left_out = counted(passed_over, "deleted or damaged account")
        exception = f", but for {left_out}, left as found" if passed_over else ""
        members = f"{crowd.alias(1)} to {crowd.alias(crowd.size)}"
        self.stdout.write(f"{members} follow {account.alias}{exception}.")
        self.stdout.write(f"{account.alias} has {counted(account.followers_count, 'follower')}.")
        to_try = [account.alias if is_new else None, seeder.whom_to_try(crowd)]
        if any(to_try):
            self._print_sign_in(" or ".join(filter(None, to_try)), password)

    def _make_celebrity(self, alias: str, password: str) -> bool:
        """Have the account exist; return whether it is new, and so has this password."""
        try:
            wiring.account_service().sign_up(alias=alias, name=alias, password=password)
        except Conflict:
            self.stdout.write(f"The account {alias} is there already, and keeps its password.")
            return False
        self.stdout.write(f"Made the account {alias}.")
        return True

    def _print_sign_in(self, alias: str, password: str) -> None:
        self.stdout.write(f"Sign in as {alias}, password: {password}")


def _password(chosen: str | None) -> str:
    """Return the chosen password, or one that everybody knows where that can do no harm."""
    if chosen is not None:
        return chosen
    if get_config().is_deployed:
        message = "Choose a --password: the usual one is known to everybody."
        raise CommandError(message)
    return DEMO_PASSWORD
