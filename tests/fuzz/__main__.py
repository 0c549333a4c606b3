"""Fuzzing the API: `make fuzz`, or `python -m tests.fuzz --help`.

Exits with 1 when any answer broke the schema or a rule, or when some operation was never answered
with success, so that little of it was seen.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.share import play
from tests.fuzz.tally import Tally


def main() -> int:
    """Share the requests among processes, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=None, help="repeats an earlier run")
    parser.add_argument(
        "--tight", action="store_true", help="with limits that are soon used up: look at the 429s"
    )
    options = parser.parse_args()
    if options.tight:
        os.environ["TWEETER_FUZZ_TIGHT"] = "yes"
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    say(f"seed {seed}")
    each = -(-options.requests // options.processes)
    shares = [(seed * 100 + number, each) for number in range(options.processes)]
    tally, operations = Tally(), set[str]()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.processes, mp_context=spawn) as pool:
        for part, known in pool.map(play, shares):
            tally.add(part)
            operations.update(known)
    say(tally.report(sorted(operations)))
    unseen = not tally.has_seen(429) if options.tight else tally.never_successful(operations)
    failed = bool(tally.failures or tally.errors or unseen)
    say(f"{'FAILED' if failed else 'passed'}; repeat it with SEED={seed}")
    return 1 if failed else 0


def say(text: str) -> None:
    """Print at once, also into a file or pipe."""
    print(text, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    sys.exit(main())
