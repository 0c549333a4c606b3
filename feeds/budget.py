"""The feed table's budget: how much of its write capacity is given away, and how much is saved up.

It is one item that all Lambdas share. Whatever decides about it is a plain function of it, of the
time and of the capacity, so that it can be tried out without either.

This is the generic cell rate algorithm twice over (ITU-T I.371, annex A): one time line at the
table's provisioned rate, one at the rate that its partitions never exceed. What is saved up while
the first is idle is counted apart, since DynamoDB gives it as best it can, and promises nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

SAVED_SECONDS = 300.0
"""How long DynamoDB saves unused capacity. Source: DynamoDB developer guide, "Burst capacity"."""
PARTITION_WCU = 1_000.0
"""WCU a second that a partition takes at most, saved or not. Source: the same guide, "Partitions
and data distribution"."""
_PEAK_SHARE = 0.95
"""How much of that is planned for: the rest is for messages that come a moment early or late."""
_PEAK_TOLERANCE = 0.5
"""Seconds' worth of the peak that may be written at once, as it is enforced by the second."""
_DOUBT = 0.1
"""Share of what can be saved at most that each refusal takes off what is thought to be saved."""
FARTHEST = 900.0
"""Seconds ahead of now that a budget may be given away: the longest delay of an SQS message."""
_SKEW = 30.0
"""Seconds by which the clock of whoever reads a budget may be behind that of its writer."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A chunk that was sent to find out whether the saved capacity is there."""

    status_id: str
    chunk: int
    ends_at: float
    """Until when it may show something, in seconds since the epoch. A chunk that has not been
    written by then may never be: its status was deleted, say, or could not be cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is known of the feed table's write capacity. Times are seconds since the epoch."""

    given_until: float = 0.0
    """Until when the provisioned capacity is given away."""
    peak_until: float = 0.0
    """Until when what is given away keeps the partitions at their peak."""
    saved: float = 0.0
    """Entries that may be written on capacity saved up before `given_until`."""
    trusted: bool = False
    """Whether a trial has shown that what is saved is really there."""
    trial: Trial | None = None
    """The trial under way."""
    next_turns_at: float = 0.0
    """Until when the planner's last run is in charge; 0 when nobody is in line."""
    open_to_small: bool = True
    """Whether a fan-out of one chunk may go before the line: whether every claim in the line is
    kept even so."""
    rate: float = 0.0
    """Entries (WCU) a second, in the mean, at which what is given away comes in until
    `given_until`; 0 where unknown."""
    as_of: float = field(default=0.0, compare=False)
    """When it was looked at; not kept."""

    def is_plausible(self, now: float) -> bool:
        """Tell whether a budget can have come from here, or has been damaged."""
        times = [self.given_until, self.peak_until, self.next_turns_at]
        times += [self.trial.ends_at] if self.trial else []
        return all(
            math.isfinite(time) and 0 <= time <= now + FARTHEST + _SKEW for time in times
        ) and all(math.isfinite(count) and count >= 0 for count in (self.saved, self.rate))

    def within_reach(self, now: float) -> Budget:
        """Return the budget with nothing given away beyond what a message can wait for: when a few
        WCU are asked for that often, more of it would be as good as none, and look like damage."""
        farthest = now + FARTHEST
        return replace(
            self,
            given_until=min(self.given_until, farthest),
            peak_until=min(self.peak_until, farthest),
            next_turns_at=min(self.next_turns_at, farthest),
        )

    def at(self, now: float, rate: float) -> Budget:
        """Return the budget as time has changed it, and a change of the capacity.

        Idle capacity has been saved. At a higher rate, what is given away comes in sooner, and the
        next turns are due. At a lower one, what was sent too early is refused, and asks anew.
        """
        ahead, idle = max(0.0, self.given_until - now), max(0.0, now - self.given_until)
        has_risen = 0 < self.rate < rate
        return replace(
            self,
            given_until=now + (ahead * self.rate / rate if has_risen else ahead),
            peak_until=max(self.peak_until, now),
            saved=min(SAVED_SECONDS * rate, self.saved + idle * rate),
            next_turns_at=min(self.next_turns_at, now) if has_risen else self.next_turns_at,
            rate=self.rate if ahead and not has_risen else rate,
            as_of=now,
        )

    def give(self, entries: int, *, rate: float, from_saved: float) -> tuple[Budget, float]:
        """Give capacity away for `entries`, up to `from_saved` of them out of what is saved.

        Return the budget after that, and the earliest time at which they may be written: when
        all that they need has come in, and the partitions are not beyond their peak.
        """
        spent = min(float(entries), from_saved, self.saved)
        provisioned = entries - spent
        given_until = self.given_until + provisioned / rate
        after = replace(
            self,
            given_until=given_until,
            peak_until=self.peak_until + entries / peak_of(rate),
            saved=self.saved - spent,
            rate=self._mean_rate(provisioned, rate),
        )
        return after, max(self.peak_until - _PEAK_TOLERANCE, given_until if provisioned else 0.0)

    def _mean_rate(self, more: float, rate: float) -> float:
        """Return the mean rate of what is given away when more of it comes in at this one."""
        ahead = max(0.0, self.given_until - self.as_of)
        seconds = ahead + more / rate
        mean = (ahead * (self.rate or rate) + more) / seconds if seconds else self.rate
        return round(mean, 3)  # no last digit shall look like a change of the capacity

    def refused(self, rate: float) -> Budget:
        """Return the budget after the table has refused something.

        A trial that is refused shows that nothing is saved. A later refusal may come of a
        partition's peak just as well, and only casts doubt on it.
        """
        left = self.saved - _DOUBT * SAVED_SECONDS * rate
        if self.trusted and left > 0:
            return replace(self, saved=left)
        return replace(self, saved=0.0, trusted=False, trial=None)


def peak_of(rate: float) -> float:
    """Return the entries a second to plan for a table's partitions at most."""
    return _PEAK_SHARE * PARTITION_WCU * math.ceil(rate / PARTITION_WCU)
