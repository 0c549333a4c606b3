"""`python -m bench.simulation`: the order of fan-outs, compared on paper with other orders.

It serves the same arrivals in several orders, by runs like the planner's and with the product's
own `feeds.turns`, at a constant capacity and without any store, queue or worker in between. The
figures of docs/decisions/0007-whose-turn.md come from here; they are the same on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.tables import print_table
from feeds.fan_out import PROMISED_SECONDS
from feeds.grants import HORIZON
from feeds.turns import Waiting, take_turns

WCU = 100.0
CHUNK = 100
_RUN_SECONDS = 2.0
"""Between two runs of the planner."""
_ON_THE_WAY = 0.5
"""Seconds from an entry's capacity to its being written: whole-second delays, on average."""
_SEEDS = range(10)
_SMALL = 100
_DEADLINE = 120.0


@dataclass(slots=True)
class FanOut:
    """A fan-out under simulation. Times are in seconds from the beginning."""

    posted_at: float
    size: int
    left: int
    promised: bool
    in_order: float
    """How long it would take if everybody were served in order of arrival."""
    took: float = 0.0


Order = Callable[[Sequence[FanOut], float, float], Iterator[tuple[FanOut, int]]]
"""Divides a budget, in entries and from a moment on, among those in line, in order of arrival."""


def power_law(
    seed: int, load: float, seconds: float, most: int = 10_000
) -> list[tuple[float, int]]:
    """Return moments and followers: Poisson arrivals whose sizes have a density of n ** -1.5."""
    chance = random.Random(seed)
    mean = most**0.5  # of that density between 1 and `most`, if sizes were not rounded down
    arrivals = []
    now = 0.0
    while (now := now + chance.expovariate(load * WCU / mean)) < seconds:
        arrivals.append((now, int((1 - chance.random() * (1 - most**-0.5)) ** -2)))
    return arrivals


def serve(arrivals: Sequence[tuple[float, int]], order: Order) -> list[FanOut]:
    """Return what becomes of each arrival."""
    coming = _expected(arrivals)
    done: list[FanOut] = []
    line: list[FanOut] = []
    now = given_until = 0.0
    while coming or line:
        while coming and coming[0].posted_at <= now:
            line.append(coming.pop(0))
        given_until = max(given_until, now)
        budget = (now + HORIZON - given_until) * WCU
        for fan_out, entries in order(line, given_until, budget) if budget > 0 else ():
            fan_out.left -= entries
            given_until += entries / WCU
            fan_out.took = given_until + _ON_THE_WAY - fan_out.posted_at
        done += [fan_out for fan_out in line if not fan_out.left]
        line = [fan_out for fan_out in line if fan_out.left]
        now += _RUN_SECONDS
    return done


def by_claim(line: Sequence[FanOut], start: float, budget: float) -> Iterator[tuple[FanOut, int]]:
    """Divide as the product does."""
    waiting = [Waiting(each.posted_at, each.left, each.promised) for each in line]
    turns, _ = take_turns(waiting, begins_at=start, rate=WCU, budget=budget, chunk=CHUNK)
    for turn in turns:
        yield line[turn.place], turn.entries


def by(key: Callable[[FanOut, int], float]) -> Order:
    """Return the order that always serves one chunk of whoever has the least key; the key is told
    what is left of the fan-out."""

    def divide(line: Sequence[FanOut], start: float, budget: float) -> Iterator[tuple[FanOut, int]]:
        left = {place: fan_out.left for place, fan_out in enumerate(line)}
        while left and budget > 0:
            place = min(left, key=lambda each: (key(line[each], left[each]), each))
            entries = min(CHUNK, left[place])
            yield line[place], entries
            budget -= entries
            left[place] -= entries
            if not left[place]:
                del left[place]

    return divide


ORDERS: dict[str, Order] = {
    "order of arrival": by(lambda each, left: each.posted_at),
    "everyone alike": by(lambda each, left: (each.size - left) / CHUNK),
    "shortest first": by(lambda each, left: left),
    "earliest deadline": by(
        lambda each, left: each.posted_at + min(PROMISED_SECONDS, max(3.0, 3 * each.size / WCU))
    ),
    "claims, then shortest (ours)": by_claim,
}


def main() -> None:
    """Print all comparisons."""
    _print_power_law()
    _print_together("Three of 10,000 followers at once", [(0.0, 10_000)] * 3)
    _print_together(
        "One of 12,000, and three of 1,000 a second later", [(0.0, 12_000), *[(1.0, 1_000)] * 3]
    )
    again = [(0.0, 100_000), (300.0, 100_000), *((60.0 * each, 50) for each in range(1, 33))]
    _print_together("100,000 followers, again after 300 s, and 50 followers every minute", again)
    million = [(0.0, 1_000_000), *((100.0 * each, 1_000) for each in range(1, 100))]
    _print_together("1,000,000 followers, and 1,000 followers every 100 s", million)


def _expected(arrivals: Sequence[tuple[float, int]]) -> list[FanOut]:
    free_at = 0.0
    expected = []
    for posted_at, size in sorted(arrivals, key=lambda arrival: arrival[0]):
        free_at = max(free_at, posted_at) + size / WCU
        wait = free_at - posted_at
        expected.append(FanOut(posted_at, size, size, wait <= PROMISED_SECONDS, wait))
    return expected


def _print_power_law() -> None:
    rows = []
    for name, order in ORDERS.items():
        done = [serve(power_law(seed, 0.9, 600), order) for seed in _SEEDS]
        everyone = [fan_out for run in done for fan_out in run]
        small = [each.took for each in everyone if each.size <= _SMALL]
        promised = [each for each in everyone if each.promised]
        rows.append(
            (
                name,
                f"{_share(small, 5):.1%}",
                sum(_is_quick(run) for run in done),
                sum(each.took > _DEADLINE for each in promised),
                f"{_share([each.took for each in everyone], _DEADLINE):.1%}",
                f"{max(each.took for each in everyone):.0f} s",
            )
        )
    print_table(
        f"Power-law authors at 90 % for 600 s, {len(_SEEDS)} runs of other arrivals",
        (
            "order",
            "small in 5 s",
            "runs with 99 %",
            "promised but late",
            "all in 120 s",
            "longest",
        ),
        rows,
    )


def _print_together(title: str, arrivals: Sequence[tuple[float, int]]) -> None:
    rows = []
    for name, order in ORDERS.items():
        done = serve(arrivals, order)
        large = max(each.size for each in done)
        rows.append(
            (
                name,
                ", ".join(f"{each.took:.0f}" for each in done if each.size == large) + " s",
                f"{max((each.took for each in done if each.size < large), default=0):.0f} s",
                sum(each.took <= _DEADLINE for each in done),
            )
        )
    print_table(title, ("order", "the largest took", "longest other", "in 120 s"), rows)


def _is_quick(run: Sequence[FanOut]) -> bool:
    return _share([each.took for each in run if each.size <= _SMALL], 5) >= 0.99


def _share(times: Sequence[float], limit: float) -> float:
    return sum(time <= limit for time in times) / len(times)


if __name__ == "__main__":
    main()
