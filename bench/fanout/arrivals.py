"""When authors of all sizes post, and what a server in strict order of arrival would make of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ALPHA = 0.5
"""Of the bounded Pareto distribution of followers: so their density falls as n ** -1.5."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A status to be posted."""

    at: float
    """Seconds since the beginning."""
    followers: int


def arrivals(*, seconds: float, entries: int, largest: int, seed: int) -> list[Arrival]:
    """Return arrivals within so many seconds, in their order, of `entries` followers in all.

    Followers are drawn until there are enough, the last cut to fit: with so few large authors,
    their sum would otherwise be anywhere. Given how many there are, the moments of a Poisson
    process are spread evenly at random.
    """
    chance = random.Random(seed)
    counts: list[int] = []
    left = entries
    while left:
        counts.append(min(left, bounded_pareto(chance.random(), largest)))
        left -= counts[-1]
    moments = sorted(chance.uniform(0, seconds) for _ in counts)
    return [Arrival(at, followers) for at, followers in zip(moments, counts, strict=True)]


def bounded_pareto(quantile: float, largest: int) -> int:
    """Return how many followers the author at this quantile, 0 to 1, has: 1 to `largest`."""
    share_within = 1 - float(largest) ** -_ALPHA
    return min(largest, int((1 - quantile * share_within) ** (-1 / _ALPHA)))


def strict_order(arrived: Iterable[Arrival], rate: float) -> Iterator[float]:
    """Yield for each arrival, in their order, the seconds until it is out at so many entries a
    second, where each waits for all that came before it."""
    free_at = 0.0
    for arrival in arrived:
        free_at = max(free_at, arrival.at) + arrival.followers / rate
        yield free_at - arrival.at
