"""`python -m tests.chaos [--faults N] [--seed S] [--short]`: exit code 1 when something differs."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from bench.system import ROOT, embedded_aws, exit_code_of
from tests.chaos.sizes import FULL, SETTINGS, SHORT


def main(arguments: Sequence[str]) -> int:
    """Run a campaign, print what it came to, and return the exit code."""
    options = _parse(arguments)
    size = SHORT if options.short else FULL
    faults = options.faults or size.faults
    seed = int(time.time()) if options.seed is None else options.seed
    command = f"python -m tests.chaos --faults {faults} --seed {seed}"
    command += " --short" if options.short else ""
    directory = ROOT / "build" / "chaos" / str(seed)
    directory.mkdir(parents=True, exist_ok=True)
    print(f"{command}   (log: {directory.relative_to(ROOT)})", flush=True)
    with embedded_aws():
        os.environ.update(SETTINGS)
        # Only now: the product reads its configuration when it is imported.
        from tests.chaos.run import run  # noqa: PLC0415

        differences = run(seed, faults, size, directory)
    return verdict(differences, seed, command)


def verdict(differences: Sequence[str], seed: int, command: str) -> int:
    """Say what came of a campaign, and how to run it again; return the exit code."""
    for difference in differences:
        print(f"DIFFERENCE {difference}")
    if differences:
        print(f"\n{len(differences)} differences; seed {seed}. To run it again:\n  {command}")
        return 1
    print("\nNo differences.")
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description="Runs the pipeline while faults strike, and checks everything afterwards.",
    )
    parser.add_argument("--faults", type=int, metavar="N", help="strike N times at least")
    parser.add_argument("--seed", type=int, metavar="S", help="of the schedule; by the time")
    parser.add_argument("--short", action="store_true", help="a campaign of half a minute")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(exit_code_of(lambda: main(sys.argv[1:])))
