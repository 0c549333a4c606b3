"""Calls at the same moment, as far as threads can make them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Done:
    """Stands for the answer that a call would have had."""

    status_code: int


def patiently(call: Call, succeeds: int) -> Call:
    """Return a call that is made again, as Retry-After says, while the system is too busy.

    Whether what was answered 503 has been done is not known; a repetition that is answered 409
    finds that it has, and counts as the success of the first.
    """

    def again() -> Any:
        answer = first = call()
        while answer.status_code == 503:
            time.sleep(int(answer["Retry-After"]))
            answer = call()
        return Done(succeeds) if answer is not first and answer.status_code == 409 else answer

    return again
