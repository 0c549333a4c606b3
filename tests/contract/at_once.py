"""Calls at the same moment, as far as threads can make them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

Call = Callable[[], Any]


def at_once(calls: Sequence[Call]) -> list[Any]:
    """Make all calls at the same moment; return their answers."""
    barrier = Barrier(len(calls))

    def call(one: Call) -> Any:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def statuses_of(answers: Sequence[Any]) -> list[int]:
    """Return the HTTP statuses of answers, sorted."""
    return sorted(answer.status_code for answer in answers)


def patiently(call: Call) -> Call:
    """Return a call that is made again, as Retry-After says, while the system is too busy."""

    def again() -> Any:
        while (answer := call()).status_code == 503:
            time.sleep(int(answer["Retry-After"]))
        return answer

    return again
