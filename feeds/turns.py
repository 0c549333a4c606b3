"""Whose turn it is: the order in which waiting fan-outs get the feed table's write capacity.

Two wishes pull apart. In the order of arrival, a status to ten followers waits behind one to ten
thousand; shortest first, a large fan-out waits for as long as anything shorter keeps coming. Here
the order of arrival makes the promises, and what slack they leave goes to the shortest:

- A fan-out that would be out in time if those before it went first has a claim to be in time.
- One that would not be gives way to those that arrive in the next `PATIENCE` seconds. Then it
  stands before all later ones, who leave it a share of every run, so that nobody waits for ever.
- Anyone may be overtaken by a shorter one, but never so that a claim would be missed.

The claims can all be kept: each was checked with everything before it in line, and what overtakes
uses only what they leave over. docs/decisions/0007 has the alternatives and their figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

IN_TIME = 118.5
"""Seconds from posting to the last feed that a claim stands for: the 120 that are asked for, less
what the queues and the last writes take."""
CAUTION = 3.5
"""Seconds before `IN_TIME` from which on a claim is not overtaken: a plan that comes out a little
worse than thought must not cost the claim itself."""
PATIENCE = 300.0
"""Seconds for which a fan-out that can't be in time lets later ones go first."""
SHARE_OF_PATIENT = 0.2
"""Share of each run's budget that later ones leave to whoever has waited that long."""
LENIENCE = 15.0
"""Seconds by which a claim may be missed, by a crash or a capacity that fell, before it is lost."""
OPEN_SECONDS = 5.0
"""Seconds of slack that all claims must have for small fan-outs to go before the line: what these
can use before the planner looks again."""
RESERVED_FOR_SMALL = 0.15
"""Share of the time until a claim is met that only those of one chunk may use to overtake it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fan-out in line, with what it still has to write."""

    posted_at: float
    """Seconds since the epoch."""
    entries: int
    promised: bool
    """Whether it would be in time if those before it went first, as things stood when it came."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to the fan-out at `place` in line to write `entries`, one chunk at most."""

    place: int
    entries: int


@dataclass(slots=True)
class _Contender:
    place: int
    left: int
    slack: float
    """Entries that may go first without its missing its claim; infinite without a claim."""
    kept_for_small: float = 0.0
    """How much of that is for those of one chunk."""


def take_turns(
    line: Sequence[Waiting], *, begins_at: float, rate: float, budget: float, chunk: int
) -> tuple[list[Turn], bool]:
    """Divide `budget` entries among a line in order of arrival, chunk by chunk.

    The budget begins at `begins_at`, in seconds since the epoch, and comes in at `rate` entries a
    second. The last turn may exceed it by a part of a chunk, so that no chunk is cut in two.
    Return the turns, and whether the claims leave the time for small fan-outs to go before
    everyone else.
    """
    order = _by_claim(line, begins_at, rate, (1 - SHARE_OF_PATIENT) * budget)
    turns: list[Turn] = []
    while order and budget > 0:
        position = _next(order, chunk)
        contender = order[position]
        entries = min(chunk, contender.left)
        for overtaken in order[:position]:
            overtaken.slack -= entries
        contender.left -= entries
        budget -= entries
        turns.append(Turn(contender.place, entries))
        if not contender.left:
            del order[position]
    return turns, all(contender.slack >= OPEN_SECONDS * rate for contender in order)


def _by_claim(
    line: Sequence[Waiting], begins_at: float, rate: float, left_over: float
) -> list[_Contender]:
    """Return the order in which all claims are met, with the slack of each; `left_over` is that of
    those who have been patient for long enough."""
    order: list[_Contender] = []
    patient: list[tuple[float, _Contender]] = []
    ahead = 0
    for place, waiting in enumerate(line):
        while patient and patient[0][0] < waiting.posted_at:
            order.append(patient.pop(0)[1])
            ahead += order[-1].left
        spare = (waiting.posted_at + IN_TIME - begins_at) * rate - ahead - waiting.entries
        if waiting.promised and spare >= -LENIENCE * rate:
            ahead += waiting.entries
            kept = RESERVED_FOR_SMALL * ahead + CAUTION * rate
            order.append(_Contender(place, waiting.entries, max(0.0, spare), kept))
        else:
            until = waiting.posted_at + PATIENCE
            slack = math.inf if begins_at < until else left_over
            patient.append((until, _Contender(place, waiting.entries, slack)))
    return order + [contender for _, contender in patient]


def _next(order: Sequence[_Contender], chunk: int) -> int:
    """Return the position of the shortest that may go now: the head of the order always may."""
    best = 0
    slack_for_small, slack = math.inf, math.inf
    for position, contender in enumerate(order):
        entries = min(chunk, contender.left)
        allowed = slack_for_small if contender.left <= chunk else slack
        if allowed >= entries and contender.left < order[best].left:
            best = position
        slack_for_small = min(slack_for_small, contender.slack)
        slack = min(slack, contender.slack - contender.kept_for_small)
        if slack_for_small < 1:
            break
    return best
