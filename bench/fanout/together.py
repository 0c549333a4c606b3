"""The case `three`: three authors post at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.capacity import CapacityStandIn
from bench.fanout.crowd import authors_with
from bench.fanout.figures import Figure, Limits, common_figures
from bench.fanout.logged_work import LoggedWork
from bench.fanout.observation import observe
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Posted, Service

_AUTHORS = 3
_SLACK_SECONDS = 90.0


def three(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with nothing saved."""
    authors = authors_with(service, [options.followers] * _AUTHORS)

    def post_at_once() -> Sequence[Posted]:
        with ThreadPoolExecutor(_AUTHORS) as threads:
            return list(threads.map(service.post_status, authors))

    alone = options.followers / options.wcu
    within = _AUTHORS * alone + _SLACK_SECONDS
    seen = observe(standin, LoggedWork(), post_at_once, burst=0, within=within)
    first, *others, last = sorted(map(seen.seconds_until_out, seen.posts))
    figures = [
        Figure("first one out after", first, "s", alone + 5),
        *(Figure("next one out after", seconds, "s") for seconds in others),
        Figure("last one out after", last, "s", _AUTHORS * alone + 10),
        *common_figures(seen, Limits()),
    ]
    title = f"{_AUTHORS} authors with {options.followers:,} followers each post at once"
    return Outcome("three", title, figures, seen)
