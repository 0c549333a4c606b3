"""The cases of a run, one after the other, each on freshly provisioned tables and queues."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.capacity import CapacityStandIn
from bench.fanout import changing, mixture, one_post, plots, together, unpaced_post
from bench.fanout.options import Options
from bench.fanout.outcome import Outcome
from bench.fanout.service import Service
from tweeter.capacity import TableCapacity
from tweeter.provisioning import provision, teardown

_CASES: dict[str, Callable[[Options, CapacityStandIn, Service], Outcome]] = {
    "none": one_post.none,
    "full": one_post.full,
    "change": changing.change,
    "three": together.three,
    "mix": mixture.mix,
    "baseline": unpaced_post.baseline,
}


def run(options: Options, standin: CapacityStandIn) -> None:
    """Measure, print, write and plot each chosen case; nothing that was provisioned is left."""
    plots.check()  # rather than after half an hour
    options.output.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for name in options.cases:
        started = time.monotonic()
        outcome = _measure(name, options, standin)
        outcome.show()
        outcome.write(options.output)
        outcomes.append(outcome)
        plots.plot(outcomes, options.output)  # after each, so that Ctrl-C leaves what there is
        print(f"({name}: {time.monotonic() - started:.0f} s)", flush=True)


def _measure(name: str, options: Options, standin: CapacityStandIn) -> Outcome:
    try:
        provision(_say_nothing)
        TableCapacity().change("feeds", write=options.wcu)
        with Service() as service:
            return _CASES[name](options, standin, service)
    finally:
        teardown(_say_nothing)


def _say_nothing(_line: str) -> None:
    pass
