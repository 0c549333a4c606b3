"""More write capacity while tables are filled, and what they had before afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tweeter.capacity import TableCapacity
from tweeter.errors import TweeterError

_NOTE = "tweeter:write-capacity-before-seeding"


class RaisedWriteCapacity:
    """Raises the WCU of provisioned tables for a while; tables on demand need none of it.

    What a table had is noted on the table before it is raised, and struck out when it has it back.
    So a run that was killed leaves the note, and the next run, whose end finds it, restores.
    """

    def __init__(self, capacity: TableCapacity, report: Callable[[str], object]) -> None:
        self._capacity = capacity
        self._report = report

    @contextmanager
    def for_tables(self, tables: Sequence[str], write: int) -> Iterator[None]:
        """Let each of the tables have `write` WCU, if it has fewer, until the context ends.

        They get back what they had whatever ends it. Where that fails, as when AWS allows no
        decrease now, it is reported and the note stays; the context's own error is not replaced.
        """
        had: dict[str, int] = {}
        try:
            for table in tables:
                self._raise(table, write, had)
            yield
        finally:
            for table in tables:
                self._restore(table, write, had.get(table))

    def _raise(self, table: str, write: int, had: dict[str, int]) -> None:
        before = self._capacity.show(table)
        if before.on_demand or before.write >= write:
            return
        had[table] = before.write  # besides the note, which AWS may show only seconds later
        self._capacity.note(table, _NOTE, str(before.write))
        self._report(f"table {table}: raised from {before.write} to {write} WCU")
        self._capacity.change(table, write=write)

    def _restore(self, table: str, raised: int, had: int | None) -> None:
        try:
            if had is None:
                noted = self._capacity.notes(table).get(_NOTE)
                if noted is None:
                    return
                had = int(noted)
            present = self._capacity.show(table)
            # Any other figure is somebody's decision since, and theirs to keep.
            if not present.on_demand and present.write == raised:
                self._capacity.change(table, write=had)
                self._report(f"table {table}: back to {had} WCU")
            self._capacity.note(table, _NOTE, None)
        except TweeterError as error:
            self._report(
                f"table {table}: not back to {had or 'its former'} WCU. {error.message} "
                f"Seed again then, or use `manage.py capacity {table} --write WCU`."
            )
