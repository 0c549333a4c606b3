"""How often something may be done: limits, counters that all processes share, and what clients
are told of them.

Windows are fixed: they begin at the multiples of their length since the epoch, for everyone alike,
so that a counter needs neither to be read nor to be begun. See docs/decisions/0009-limits.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Protocol

from tweeter.clock import Clock
from tweeter.errors import TooManyRequests


class AttemptDao(Protocol):
    """Counts what is limited, and remembers for a time who is known, in a store that all share."""

    def count(self, key: str, limit: int, until: datetime) -> int | None:
        """Count one more and return how many that makes, or None, and count nothing, when there
        are `limit` already. Atomic: of any number at the same time, `limit` are counted.

        Where an answer is lost and the call repeated, one may count twice, never less than once.
        The counter may be forgotten after `until`.
        """

    def give_back(self, key: str) -> None:
        """Count one less, if there are any. Never repeated: rather one too many stays counted."""

    def clear(self, key: str) -> None:
        """Forget a counter."""

    def remember(self, key: str, until: datetime) -> None:
        """Remember a key until then, to the second."""

    def remembered_until(self, key: str) -> datetime | None:
        """Return until when a key is remembered, which may be over; None when it is not at all."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was done in a window, which began so many seconds after the epoch."""

    window: int = 0
    count: int = 0


NONE_YET = Tally()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a limit."""

    limit: int
    remaining: int
    reset_seconds: int
    """After which it is whole again; 1 or more."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of a kind within each window."""

    kind: str
    """Tells its counters from those of other limits."""
    count: int
    window_seconds: int

    def present(self, tally: Tally, now: datetime) -> Tally:
        """Return the tally of the present window, empty where `tally` is of an older one.

        One of the next window counts as present: another process's clock may be a little ahead.
        """
        seconds = int(now.timestamp())
        window = seconds - seconds % self.window_seconds
        return tally if window <= tally.window <= window + self.window_seconds else Tally(window)

    def one_more(self, tally: Tally, now: datetime) -> Tally:
        """Return the tally after one more, and note where that leaves the client;
        TooManyRequests when none is left."""
        present = self.present(tally, now)
        if present.count >= self.count:
            raise self.refusal(present, now)
        after = Tally(present.window, present.count + 1)
        self.note(after, now)
        return after

    def refusal(self, tally: Tally, now: datetime) -> TooManyRequests:
        """Note that nothing is left, and return the error that says so."""
        standing = self.note(Tally(tally.window, self.count), now)
        message = f"Too many attempts; wait {standing.reset_seconds} seconds before the next one."
        return TooManyRequests("throttled", message, standing.reset_seconds)

    def note(self, tally: Tally, now: datetime) -> Standing:
        """Note, and return, what is left, for the headers of the answer."""
        present = self.present(tally, now)
        ends = (present.window // self.window_seconds + 1) * self.window_seconds
        standing = Standing(
            limit=self.count,
            remaining=max(0, self.count - present.count),
            reset_seconds=max(1, ceil(ends - now.timestamp())),
        )
        noted = _noted.get()
        if noted is not None:
            noted[self.kind] = standing
        return standing


@dataclass(frozen=True, slots=True)
class Taken:
    """One that was counted, and may be given back."""

    limit: Limit
    key: str
    tally: Tally


class Limiter:
    """Counts in the shared store, before anything is done, by one write each."""

    def __init__(self, *, attempts: AttemptDao, secret: str, clock: Clock) -> None:
        """Keys are hashed with `secret`: so the store knows neither addresses nor aliases."""
        self._attempts = attempts
        self._secret = secret.encode()
        self._clock = clock

    def take(self, limit: Limit, *subject: str) -> Taken:
        """Count one of a subject; TooManyRequests, and nothing counted, when none is left."""
        now = self._clock()
        window = limit.present(NONE_YET, now).window
        key = self._key(limit.kind, str(window), *subject)
        until = datetime.fromtimestamp(window + limit.window_seconds, UTC)
        count = self._attempts.count(key, limit.count, until)
        if count is None:
            raise limit.refusal(Tally(window), now)
        tally = Tally(window, count)
        limit.note(tally, now)
        return Taken(limit, key, tally)

    def give_back(self, taken: Taken) -> None:
        """Count one less, since it turned out not to be of the limited kind."""
        self._attempts.give_back(taken.key)
        before = Tally(taken.tally.window, taken.tally.count - 1)
        taken.limit.note(before, self._clock())

    def clear(self, taken: Taken) -> None:
        """Begin the count of the same subject and window anew."""
        self._attempts.clear(taken.key)
        taken.limit.note(Tally(taken.tally.window), self._clock())

    def remember(self, kind: str, *subject: str, until: datetime) -> None:
        """Remember a subject for some time."""
        self._attempts.remember(self._key(kind, *subject), until)

    def remembered_until(self, kind: str, *subject: str) -> datetime | None:
        """Return until when a subject is remembered, None when it is not."""
        until = self._attempts.remembered_until(self._key(kind, *subject))
        return until if until and until > self._clock() else None

    def _key(self, kind: str, *subject: str) -> str:
        """Return a kind in clear, and the rest as 128 bits of a keyed hash."""
        digest = hmac.new(self._secret, "\0".join((kind, *subject)).encode(), hashlib.sha256)
        return f"{kind}#{digest.hexdigest()[:32]}"


_noted: ContextVar[dict[str, Standing] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[Collection[Standing]]:
    """Collect, by this thread, what is left of each limit that is looked at meanwhile."""
    standings: dict[str, Standing] = {}
    token = _noted.set(standings)
    try:
        yield standings.values()
    finally:
        _noted.reset(token)


def tightest(standings: Collection[Standing]) -> Standing | None:
    """Return the one of which the least is left, and of these the one that takes longest."""
    return min(standings, key=lambda each: (each.remaining, -each.reset_seconds), default=None)
