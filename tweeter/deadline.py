"""Until when a request, or a message, may go on: what calls and waits keep to."""

from __future__ import annotations

import contextvars
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from tweeter.errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

RESERVE_SECONDS = 8.0
"""What must remain of an invocation to begin with another message, which goes back in line else."""

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what is called within go on for so many seconds, and then end in Unavailable.

    Inside of another deadline the earlier of the two counts. Only calls to AWS and waits are ended:
    nothing interrupts a computation, but it finds that no time is left for the next call.
    """
    token = _ends_at.set(min(_ends_at.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """Return the seconds until the deadline, below 0 after it; infinity where there is none."""
    return _ends_at.get() - time.monotonic()


def pause(seconds: float) -> None:
    """Sleep, or raise Unavailable at once when the deadline would come before the end of that."""
    if seconds > seconds_left():
        raise out_of_time()
    time.sleep(seconds)


def out_of_time() -> Unavailable:
    """Return what is raised where no time is left."""
    return Unavailable("A service that this needs is too slow; try again shortly.")


def handed_on(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that has, in whatever thread calls it, the deadline of this moment here,
    and the fields of the log with it. It may be called once at a time: for another thread, make
    another one."""
    context = contextvars.copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.run(function, *args, **kwargs)

    return run
