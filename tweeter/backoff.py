"""Pauses between tries."""

from __future__ import annotations

import random
from collections.abc import Iterator


def backoff(*, base: float, cap: float) -> Iterator[float]:
    """Yield, without end, the seconds to wait before each next try: full jitter, doubling to `cap`.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
    """
    ceiling = base
    while True:
        yield random.uniform(0, ceiling)  # noqa: S311 - spreads load, no secret # nosec B311
        ceiling = min(cap, ceiling * 2)
