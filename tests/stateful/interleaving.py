"""Operations that run at once, handing over to each other between their calls to AWS.

Each operation has a thread of its own, of which exactly one runs at any moment: from one call to
AWS up to the next. So the order of the calls fixes all that happens. A store made for one thread
will do, and a race that takes a moment of bad luck elsewhere is found by trying the orders, and
found again by the same one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tweeter import aws

_WITH_A_LOCK_HELD = frozenset({"DescribeTable", "GetQueueUrl"})
"""Asked once a process, or once in a while, by a thread that lets no other pass meanwhile."""
_SECONDS = 60.0
"""After which a thread that has not come to its next call is stuck."""


class Turns:
    """Whose turn it is: each operation makes so many calls, then the next one, and so on; at the
    end each runs through."""

    def __init__(self, runs: Sequence[int]) -> None:
        self.taken: list[str] = []
        """All calls in order, with the operations that made them."""
        self._runs = list(runs)
        self._current = 0

    def next(self, waiting: Sequence[str]) -> int:
        """Return the place of the one whose turn it is, given the next call of each."""
        if self._runs and not self._runs[0]:
            del self._runs[0]
            self._current += 1
        if self._runs:
            self._runs[0] -= 1
        place = self._current % len(waiting)
        self.taken.append(waiting[place])
        return place


@dataclass(frozen=True)
class Outcome:
    """What an operation returned, and which of all calls were its own."""

    answer: Any
    turns: tuple[int, ...]

    def came_before(self, other: Outcome) -> bool:
        """Tell whether it was over before the other one began."""
        return self.turns[-1] < other.turns[0]


class _Strand:
    """One operation in its thread, which waits before each call for its turn."""

    def __init__(self, name: str, operation: Callable[[], Any]) -> None:
        self.name = name
        self.turns: list[int] = []
        self.answer: Any = None
        self._operation = operation
        self._error: BaseException | None = None
        self._turn, self._waits = threading.Semaphore(0), threading.Semaphore(0)
        self._next_call = ""
        self._is_released = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __str__(self) -> str:
        return f"{self.name}: {self._next_call}"

    @property
    def is_over(self) -> bool:
        """Whether the operation has returned."""
        return not self._thread.is_alive()

    def start(self) -> None:
        """Run up to the first call."""
        self._thread.start()
        self._see_it_wait()

    def step(self, turn: int) -> None:
        """Make the call that it waits with, and run up to the next."""
        self.turns.append(turn)
        self._turn.release()
        self._see_it_wait()

    def release(self) -> None:
        """Run to the end, whatever the others do."""
        self._is_released = True
        self._turn.release()
        if self._thread.ident:
            self._thread.join(_SECONDS)

    def wait_for_turn(self, call: str) -> None:
        """Wait, if this is the strand's own thread."""
        if threading.current_thread() is self._thread and not self._is_released:
            self._next_call = call
            self._waits.release()
            self._turn.acquire()

    def _see_it_wait(self) -> None:
        assert self._waits.acquire(timeout=_SECONDS), f"{self} is stuck"
        if not self._next_call:
            self._thread.join()
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            self.answer = self._operation()
        except BaseException as error:  # noqa: BLE001 - raised where the test sees it
            self._error = error
        self._next_call = ""
        self._waits.release()


def interleave(operations: Mapping[str, Callable[[], Any]], turns: Turns) -> dict[str, Outcome]:
    """Run operations at once, handing over as `turns` says; return their outcomes."""
    strands = [_Strand(name, operation) for name, operation in operations.items()]
    with _waiting_before_each_call(strands):
        try:
            for strand in strands:
                strand.start()
            _take_turns(strands, turns)
        finally:
            for strand in strands:
                strand.release()
    return {each.name: Outcome(each.answer, tuple(each.turns)) for each in strands}


def _take_turns(strands: Sequence[_Strand], turns: Turns) -> None:
    while running := [strand for strand in strands if not strand.is_over]:
        place = turns.next([str(each) for each in running])
        running[place].step(len(turns.taken))


@contextmanager
def _waiting_before_each_call(strands: Sequence[_Strand]) -> Iterator[None]:
    """Have strands wait before each call that a client is about to send."""

    def wait(model: Any, **_: object) -> None:
        if model.name not in _WITH_A_LOCK_HELD:
            for strand in strands:
                strand.wait_for_turn(model.name)

    clients = (
        aws.client("dynamodb"),
        aws.client("dynamodb", attempts=1),
        aws.client("sqs"),
        aws.client("s3"),
    )
    for client in clients:
        client.meta.events.register("before-call", wait)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", wait)
