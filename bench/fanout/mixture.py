"""The case `mix`: authors of all sizes post at random, whether or not others are out."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from bench.capacity import CapacityStandIn
from bench.fanout.arrivals import Arrival, arrivals, strict_order
from bench.fanout.crowd import authors_with
from bench.fanout.figures import Figure, Limits, common_figures
from bench.fanout.logged_work import LoggedWork
from bench.fanout.observation import Observation, observe
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Author, Posted, Service
from bench.fanout.utilisation import backlog_seconds, in_seconds, time_covered

_SECONDS = 600.0
_LOAD = 0.9
_CLIENTS = 16
"""Threads that post, so that one slow answer keeps no other status waiting."""
_SLACK_SECONDS = 400.0
_SMALL = 100
_SMALL_SECONDS = 5.0
_PROMISED_SECONDS = 115.0
_IN_TIME_SECONDS = 120.0


def mix(options: Options, standin: CapacityStandIn, service: Service) -> Outcome:
    """Measure with nothing saved at the start; what is idle meanwhile is saved."""
    seconds = _SECONDS * options.scale
    schedule = arrivals(
        seconds=seconds,
        entries=round(_LOAD * options.wcu * seconds),
        largest=options.followers,
        seed=options.seed,
    )
    counts = sorted({arrival.followers for arrival in schedule})
    authors = {author.followers: author for author in authors_with(service, counts)}
    seen = observe(
        standin,
        LoggedWork(),
        lambda: _post(service, schedule, authors),
        burst=0,
        within=_SLACK_SECONDS * options.scale + 60,
    )
    title = f"{len(schedule)} statuses within {seconds:.0f} s at {_LOAD:.0%} of {options.wcu} WCU"
    figures = [*_waits(seen, options.wcu), *common_figures(seen, Limits())]
    return Outcome("mix", title, figures, seen)


def _post(
    service: Service, schedule: Sequence[Arrival], authors: Mapping[int, Author]
) -> list[Posted]:
    begin = time.time()
    with ThreadPoolExecutor(_CLIENTS) as threads:
        posting = []
        for number, arrival in enumerate(schedule):
            time.sleep(max(0.0, begin + arrival.at - time.time()))
            author = authors[arrival.followers]
            posting.append(threads.submit(service.post_status, author, number))
        return [post.result() for post in posting if _is_answered(post)]


def _is_answered(post: Future[Posted]) -> bool:
    """Tell whether a POST has been answered with 201; say so where it has not. What it posted all
    the same counts as unexpected entries in the end."""
    if error := post.exception():
        print(f"  a POST failed: {error}", file=sys.stderr)
    return error is None


def _waits(seen: Observation, wcu: float) -> list[Figure]:
    small = [post for post in seen.posts if post.followers <= _SMALL]
    soon = sum(seen.seconds_until_out(post) <= _SMALL_SECONDS for post in small)
    ours = sorted(map(seen.seconds_until_out, seen.posts))
    small_waits = sorted(map(seen.seconds_until_out, small))
    return [
        Figure("capacity used while anything waits", _used(seen, wcu), "%", 97, is_least=True),
        Figure("- in seconds with one's worth of backlog", _used_with_backlog(seen, wcu), "%"),
        Figure(
            f"with up to {_SMALL} followers, out within {_SMALL_SECONDS:g} s",
            100 * soon / len(small),
            "%",
            99,
            is_least=True,
        ),
        Figure("- of these, 99 of 100 out within", small_waits[int(0.99 * len(small))], "s"),
        Figure("late, though on time in strict order", _late(seen, wcu), "", 0, digits=0),
        Figure("never out", sum(map(math.isinf, ours)), "", 0, digits=0),
        Figure("longest until out, of the others", _longest(ours), "s"),
        Figure(
            f"out within {_IN_TIME_SECONDS:g} s",
            100 * sum(seconds <= _IN_TIME_SECONDS for seconds in ours) / len(ours),
            "%",
        ),
    ]


def _longest(waits: Iterable[float]) -> float:
    return max((wait for wait in waits if math.isfinite(wait)), default=math.nan)


def _used(seen: Observation, wcu: float) -> float:
    """Return the percentage of the capacity that was used while a posted status was not out."""
    end = max(write.moment for write in seen.log.writes)
    waiting = [(post.answered_at, seen.out_at.get(post.status_id, end)) for post in seen.posts]
    units: float = seen.feeds["totals"]["write_units"]
    return 100 * units / (wcu * time_covered(waiting))


def _used_with_backlog(seen: Observation, wcu: float) -> float:
    """Return the percentage used, saved capacity not counted, of the seconds at whose beginning
    a second's worth or more was waiting: a few entries on their way can't fill one."""
    posted = [(post.answered_at, post.followers) for post in seen.posts]
    written = [(write.moment, write.new) for write in seen.log.writes]
    return in_seconds(seen.feeds["seconds"], backlog_seconds(posted, written, wcu))


def _late(seen: Observation, wcu: float) -> int:
    """Return how many a server in strict order of arrival would have on time, unlike ours."""
    posts = sorted(seen.posts, key=lambda post: post.answered_at)
    arrived = [Arrival(post.answered_at, post.followers) for post in posts]
    return sum(
        strict <= _PROMISED_SECONDS and seen.seconds_until_out(post) > _IN_TIME_SECONDS
        for post, strict in zip(posts, strict_order(arrived, wcu), strict=True)
    )
