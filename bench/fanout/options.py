"""What the fan-out benchmark is asked to measure, on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CASES = {
    "none": "one status, nothing saved up",
    "full": "one status, 300 seconds of capacity saved up",
    "change": "one status, and the capacity is halved and doubled on the way",
    "three": "three authors post at once",
    "mix": "authors of all sizes post at random, at 90 % of the capacity",
    "baseline": "one status the usual way: everything enqueued at once and tried again",
}
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices of one run."""

    cases: tuple[str, ...]
    output: Path
    """The directory that figures and plots are written to."""
    seed: int
    """Of the arrivals in `mix`."""
    quick: bool
    wcu: int = 100
    """The feed table's capacity at the start of each case."""

    @property
    def followers(self) -> int:
        """Of each author, and at most of one in `mix`."""
        return 1_000 if self.quick else 10_000

    @property
    def scale(self) -> float:
        """The length of this run against that of a whole one."""
        return 0.1 if self.quick else 1.0


def parse(arguments: Sequence[str]) -> Options:
    """Return the options; explains itself and ends the process for `--help` and for mistakes."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fanout",
        description="Measures the fan-out on an embedded AWS with DynamoDB's capacity.",
        epilog="; ".join(f"{name}: {what}" for name, what in CASES.items()),
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument(
        "--cases", nargs="+", choices=tuple(CASES), metavar="CASE", help=", ".join(CASES)
    )
    parser.add_argument("--output", type=Path, default=_ROOT / "build" / "fanout")
    parser.add_argument("--seed", type=int, default=1, help="of the arrivals in mix; %(default)s")
    chosen = parser.parse_args(arguments)
    return Options(
        cases=tuple(name for name in CASES if name in (chosen.cases or CASES)),
        output=chosen.output,
        seed=chosen.seed,
        quick=chosen.quick,
    )
