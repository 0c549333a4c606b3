"""The cases in which one status goes out: `none` and `full`."""

from __future__ import annotations

from bench.capacity import CapacityStandIn
from bench.fanout.crowd import authors_with
from bench.fanout.figures import Figure, Limits, common_figures
from bench.fanout.logged_work import LoggedWork
from bench.fanout.observation import Observation, observe
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Service

_SLACK_SECONDS = 60.0
_ALL_SAVED = 300.0
_PARTITION_PEAK = 1_000
"""WCU a second that one partition gives at most."""


def none(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with one second's worth of capacity at the start."""
    target = options.followers / options.wcu + 3
    limits = Limits(refused=1, repeated=1, gb_seconds=10 * options.scale, cost=10)
    return _measure("none", options, standin, service, 0, target, limits)


def full(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with as much saved up as DynamoDB keeps."""
    target = options.followers / _PARTITION_PEAK + 2
    return _measure("full", options, standin, service, _ALL_SAVED, target, Limits())


def last_out(seen: Observation, target: float | None) -> Figure:
    """Return the seconds from the answer to the only POST until its last feed was written."""
    return Figure("last feed written after", seen.seconds_until_out(seen.posts[0]), "s", target)


def _measure(
    name: str,
    options: Options,
    standin: CapacityStandIn,
    service: Service,
    burst: float,
    target: float,
    limits: Limits,
) -> Outcome:
    [author] = authors_with(service, [options.followers])
    seen = observe(
        standin,
        LoggedWork(),
        lambda: [service.post_status(author)],
        burst=burst,
        within=options.followers / options.wcu + _SLACK_SECONDS,
    )
    figures = [last_out(seen, target), *common_figures(seen, limits)]
    title = f"one status to {options.followers:,} followers, {burst:.0f} s of capacity saved"
    return Outcome(name, title, figures, seen)
