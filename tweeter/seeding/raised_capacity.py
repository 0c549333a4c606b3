"""More capacity for tables while they are filled, and what they had before afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tweeter.capacity import TableCapacity
from tweeter.errors import TweeterError
from tweeter.stop_signals import StopSignals
from tweeter.tables import Capacity

_NOTE = "tweeter:capacity-before-seeding"
_STOPPING = "Stopping; what has begun is finished, and capacity put back. It may take minutes."


class RaisedCapacity:
    """Raises provisioned tables for a while; tables on demand need none of it.

    What a table had is noted on the table before it is raised, and struck out when it surely has it
    back. So a run that was killed at any moment leaves the note, and the next run, whose end finds
    it, restores.
    """

    def __init__(self, tables: TableCapacity, report: Callable[[str], object]) -> None:
        """`report` is told, line by line, what is raised and restored."""
        self._tables = tables
        self._report = report

    @contextmanager
    def of(self, tables: Sequence[str], least: Capacity) -> Iterator[None]:
        """Let each of the tables have at least so much until the context ends; in the main thread.

        They get back what they had whatever ends it. A signal to stop does so as KeyboardInterrupt;
        later ones do not disturb. Where giving back fails, as when AWS allows no decrease now, it
        is reported and the note stays; the context's own error is not replaced.
        """
        had: dict[str, Capacity] = {}
        with (
            StopSignals(lambda: self._report(_STOPPING)) as signals,
            ExitStack() as restorations,  # all of them run, also when one fails unexpectedly
        ):
            try:
                for table in tables:
                    restorations.callback(self._restore, table, least, had)
                    self._raise(table, least, had)
                yield
            finally:
                signals.disarm()  # what is raised must be put back

    def _raise(self, table: str, least: Capacity, had: dict[str, Capacity]) -> None:
        present = self._tables.settled(table)  # a run that was killed may have begun a change
        before = present.capacity
        raised = _raised(before, least)
        if present.on_demand or before == raised:
            return
        had[table] = before  # besides the note, which AWS may show only seconds later
        self._tables.note(table, _NOTE, f"{before.read} {before.write}")
        self._report(f"table {table}: raised from {before} to {raised}")
        self._tables.change(table, read=raised.read, write=raised.write)

    def _restore(self, table: str, least: Capacity, raised: dict[str, Capacity]) -> None:
        had = raised.get(table)
        try:
            had = had or self._noted(table)
            if had is None:
                return
            present = self._tables.settled(table)
            # Anything but these two is somebody's decision since, and theirs to keep.
            is_ours = present.capacity in {had, _raised(had, least)}
            if is_ours and not present.on_demand:
                self._tables.change(table, read=had.read, write=had.write)
                self._report(f"table {table}: back to {had}")
                if present.capacity == had:
                    return  # which may be from before it is raised: the note stays for the next run
            self._tables.note(table, _NOTE, None)
        except TweeterError as error:
            former = had or "what it had"
            self._report(
                f"table {table}: not back to {former}. {error.message} "
                f"Seed again then, or use `manage.py capacity {table}`."
            )

    def _noted(self, table: str) -> Capacity | None:
        note = self._tables.notes(table).get(_NOTE)
        if note is None:
            return None
        read, _, write = note.partition(" ")
        return Capacity(int(read), int(write))


def _raised(before: Capacity, least: Capacity) -> Capacity:
    return Capacity(max(before.read, least.read), max(before.write, least.write))
