"""What each fan-out in line is granted of the feed table's next seconds.

Like whose turn it is and what there is, that is a plain function: of the line, of the budget, of
the time and of the capacity, so that it can be tried out without any of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from feeds.budget import Budget, Trial, peak_of
from feeds.entities import Plan
from feeds.turns import Turn, Waiting, take_turns
from statuses.ids import created_at_of

HORIZON = 3.0
"""Seconds of capacity given away ahead of time, and up to one chunk more, since none is cut in two.
A change of the capacity, and whoever posts to few followers, waits for no more than that."""
_MARGIN = 1.0
"""Seconds before what is given away ends at which the next run comes."""
_TRIAL_SECONDS = 2.0
"""Seconds of capacity written at once to find out whether any is saved."""
TRIAL_PATIENCE = 10.0
"""Seconds within which a trial is written or refused, when a worker has to start for it, too."""


@dataclass(slots=True)
class Grant:
    """Chunks that a fan-out may have written, each with the earliest time for it, in seconds since
    the epoch."""

    plan: Plan
    times: list[float] = field(default_factory=list)

    @property
    def next_chunk(self) -> int:
        """The number of the chunk after those that are granted."""
        return self.plan.next_chunk + len(self.times)


def divide(
    line: Sequence[Plan], budget: Budget, *, now: float, rate: float, chunk: int
) -> tuple[Budget, list[Grant]]:
    """Divide the capacity of the next `HORIZON` seconds, and what is saved, among those in line.

    `rate` is in entries (WCU) a second, `chunk` in entries; `line` is in order of posting. Return
    the budget after that, which says when to divide again, and the grants of those who had a turn.
    """
    saved = _out_of_saved(budget, now, rate, chunk)
    turns, is_slack_left = take_turns(
        [Waiting(_posted_at(plan), plan.remaining, plan.promised) for plan in line],
        begins_at=budget.given_until - (budget.saved / rate if budget.trusted else 0.0),
        rate=rate,
        budget=saved + _out_of_provisioned(budget, now, rate, saved),
        chunk=chunk,
    )
    after, grants = _grant(
        turns, line, budget, rate=rate, saved=saved, trial_ends_at=now + TRIAL_PATIENCE
    )
    next_turns_at = now + _seconds_until_next(after, now)
    return replace(after, next_turns_at=next_turns_at, open_to_small=is_slack_left), grants


def _out_of_saved(budget: Budget, now: float, rate: float, chunk: int) -> float:
    """Return how many entries to write on saved capacity: first a trial, and once that is
    written, as many as the partitions take.

    A table without anything saved takes about a second's worth at once, so it takes the
    double of that to tell.
    """
    if budget.trusted:
        peak = max(0.0, (now + HORIZON - budget.peak_until) * peak_of(rate))
        return min(budget.saved, peak)
    trial = float(math.ceil(_TRIAL_SECONDS * rate / chunk) * chunk)
    return 0.0 if budget.trial or budget.saved < trial else trial


def _out_of_provisioned(budget: Budget, now: float, rate: float, saved: float) -> float:
    """Return how many entries to write on capacity that comes in within `HORIZON`: none while
    `saved` is really there, because what comes in is then saved, too, until its turn comes."""
    if budget.trusted and saved:
        return 0.0
    return max(0.0, (now + HORIZON - budget.given_until) * rate)


def _grant(
    turns: Sequence[Turn],
    line: Sequence[Plan],
    budget: Budget,
    *,
    rate: float,
    saved: float,
    trial_ends_at: float,
) -> tuple[Budget, list[Grant]]:
    """Give each turn its capacity, up to `saved` entries of it out of what is saved.

    Unless that is trusted, the last chunk that is written on it is the trial.
    """
    grants: dict[int, Grant] = {}
    for turn in turns:
        grant = grants.setdefault(turn.place, Grant(line[turn.place]))
        if saved and not budget.trusted:
            trial = Trial(grant.plan.status_id, grant.next_chunk, trial_ends_at)
            budget = replace(budget, trial=trial)
        before = budget.saved
        budget, time = budget.give(turn.entries, rate=rate, from_saved=saved)
        saved -= before - budget.saved
        grant.times.append(time)
    return budget, list(grants.values())


def _seconds_until_next(budget: Budget, now: float) -> float:
    """Return after how long to divide again: soon while saved capacity is tried, to see what has
    come of it, and otherwise a moment before what is given away ends.

    Not sooner at the peak, where so much is given that a run may still be sending it.
    """
    if budget.trial:
        return _MARGIN
    given_until = budget.peak_until if budget.trusted else budget.given_until
    return max(_MARGIN, given_until - now - _MARGIN)


def _posted_at(plan: Plan) -> float:
    return created_at_of(plan.status_id).timestamp()
