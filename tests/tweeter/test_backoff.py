"""Pauses between tries: full jitter below a ceiling that doubles."""

from __future__ import annotations

from itertools import islice

from tweeter.backoff import backoff

CEILINGS = [0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]


def test_pauses_lie_anywhere_between_nothing_and_a_ceiling_that_doubles() -> None:
    runs = [list(islice(backoff(base=0.1, cap=1.0), len(CEILINGS))) for _ in range(1_000)]
    for pauses, ceiling in zip(zip(*runs, strict=True), CEILINGS, strict=True):
        assert 0 <= min(pauses) < 0.1 * ceiling
        assert 0.9 * ceiling < max(pauses) <= ceiling


def test_no_two_wait_for_the_same_times() -> None:
    one, other = (list(islice(backoff(base=0.1, cap=1.0), 3)) for _ in range(2))
    assert one != other
