"""`manage.py capacity`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tweeter.capacity import TableCapacity, Throughput
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted


class Command(AwsCommand):
    """Shows or sets the provisioned throughput of tables."""

    help = "Show the read and write capacity of all tables or of one, or set it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a table, and what it shall have."""
        parser.add_argument("table", nargs="?", help="short name, such as feeds; all if left out")
        parser.add_argument("--read", type=int, metavar="RCU", help="read capacity units to set")
        parser.add_argument("--write", type=int, metavar="WCU", help="write capacity units to set")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set what is to be set, wait until it is so, and print a line for each table."""
        table, read, write = options["table"], options["read"], options["write"]
        changes = read is not None or write is not None
        if changes and table is None:
            message = "Say which table is to have this capacity."
            raise CommandError(message)
        capacity = TableCapacity()
        if changes:
            self.stdout.write(_line(capacity.change(table, read=read, write=write)))
            return
        for name in [table] if table else capacity.tables():
            self.stdout.write(_line(capacity.show(name)))


def _line(throughput: Throughput) -> str:
    name = f"{throughput.table:<15}"
    if throughput.on_demand:
        return f"{name} on demand"
    state = "" if throughput.status == "ACTIVE" else f"  {throughput.status.lower()}"
    decreases = throughput.decreases_today
    lowered = f"  lowered {counted(decreases, 'time')} today" if decreases else ""
    return f"{name} provisioned  {throughput.read} RCU  {throughput.write} WCU{state}{lowered}"
