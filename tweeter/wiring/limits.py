"""The limits of how often something may be done."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.config import get_config

if TYPE_CHECKING:
    from tweeter.limits import Limit, Limiter


@cache
def limiter() -> Limiter:
    """Return the limiter, which counts for all processes."""
    from accounts.dao import DynamoAttemptDao
    from tweeter.limits import Limiter

    return Limiter(attempts=DynamoAttemptDao(), secret=get_config().secret_key, clock=system_clock)


def limit(kind: str, count: int) -> Limit:
    """Return a limit of `count` within the window that requests are counted in."""
    from tweeter.limits import Limit

    return Limit(kind, count, get_config().limit_window_seconds)
