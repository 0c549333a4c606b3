"""The case `change`: the capacity is halved, then quadrupled, while a status goes out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from bench.capacity import CapacityStandIn
from bench.fanout import utilisation
from bench.fanout.crowd import authors_with
from bench.fanout.figures import Figure, Limits, common_figures
from bench.fanout.logged_work import LoggedWork
from bench.fanout.observation import Observation, observe
from bench.fanout.one_post import last_out
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Posted, Service
from tweeter.capacity import TableCapacity

_CHANGES = ((25.0, 0.5), (60.0, 2.0))
"""Seconds after the POST, and the capacity from then on against the first one."""
_GRACE_SECONDS = 15.0
"""What the product may take to follow a change."""
_TARGET = 95.0
_WITHIN_SECONDS = 180.0


def change(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with nothing saved; a quick run has its changes, and the grace, sooner."""
    [author] = authors_with(service, [options.followers])
    changed_at: list[float] = []

    def post_and_change() -> Sequence[Posted]:
        posted = service.post_status(author)
        for after, share in _CHANGES:
            time.sleep(max(0.0, posted.answered_at + after * options.scale - time.time()))
            TableCapacity().change("feeds", write=round(share * options.wcu))
            changed_at.append(time.time())
        return [posted]

    seen = observe(standin, LoggedWork(), post_and_change, burst=0, within=_WITHIN_SECONDS)
    figures = [
        last_out(seen, None),
        *_utilisations(options, seen, changed_at),
        *common_figures(seen, Limits(refused=2)),
    ]
    capacities = ", then ".join(str(round(share * options.wcu)) for _, share in _CHANGES)
    title = f"one status to {options.followers:,} followers at {options.wcu}, then {capacities} WCU"
    return Outcome("change", title, figures, seen)


def _utilisations(options: Options, seen: Observation, changed_at: Sequence[float]) -> list[Figure]:
    """Return a figure for each change, from when the product may be expected to have followed."""
    # A tenth of the grace is less than the product plans ahead, and so nothing to ask.
    target = None if options.quick else _TARGET
    ends = [*changed_at[1:], seen.out_at.get(seen.posts[0].status_id, math.inf)]
    grace = _GRACE_SECONDS * options.scale
    figures = []
    for (after, share), begin, end in zip(_CHANGES, changed_at, ends, strict=True):
        used = utilisation.within(seen.feeds["seconds"], begin + grace, min(end, time.time()))
        name = f"capacity used at {share * options.wcu:.0f} WCU, {grace:g} s after {after:g} s"
        figures.append(Figure(name, used, "%", target, is_least=True))
    return figures
