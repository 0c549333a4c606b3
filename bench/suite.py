"""The sections of a run, one after the other, each on freshly provisioned tables and queues."""

from __future__ import annotations

import time

from bench import calls, delivery, memory, request_time
from bench.api import Api
from bench.options import Options
from tweeter.provisioning import provision, teardown

_MEASURES = {
    "calls": calls.measure,
    "time": request_time.measure,
    "delivery": delivery.measure,
    "memory": memory.measure,
}


def run(options: Options) -> None:
    """Measure and print each chosen section; nothing that was provisioned is left."""
    api = Api()
    for name in options.sections:
        started = time.monotonic()
        try:
            # Anew, or workers would first deliver what the section before has posted.
            provision(_say_nothing)
            _MEASURES[name](api, options)
        finally:
            teardown(_say_nothing)
        print(f"({name}: {time.monotonic() - started:.0f} s)", flush=True)


def _say_nothing(_line: str) -> None:
    pass
