"""Time as the services see it: handed to them, so that tests and simulations can hold it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the present moment, in UTC."""

REQUEST_IS_OVER = timedelta(minutes=2)
"""How long after its beginning a request can't do anything any more: its last call to AWS ends
after `TWEETER_REQUEST_SECONDS`, which is a fraction of this at most."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything that can have happened: the Unix epoch."""


def system_clock() -> datetime:
    """Return the machine's present moment in UTC, to the microsecond."""
    return from_microseconds(time.time_ns() // 1000)


def to_microseconds(moment: datetime) -> int:
    """Return the whole microseconds from the Unix epoch to `moment`, exactly (no float between)."""
    elapsed = moment - BEGINNING
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def from_microseconds(microseconds: int) -> datetime:
    """Return the moment in UTC that lies so many microseconds after the Unix epoch."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
