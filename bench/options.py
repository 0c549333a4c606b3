"""What the benchmarks are asked to measure, on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

SECTIONS = {
    "calls": "calls to AWS by each request",
    "time": "time of a request against that of its bare calls",
    "delivery": "one status into the feeds of many followers",
    "memory": "peak memory of the workers, by followers",
}
_QUICK_FOLLOWERS = 1_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices of one run."""

    sections: tuple[str, ...]
    followers: int
    """Of the account whose status is delivered."""
    wcu: int
    """The feed table's capacity during that delivery."""
    rounds: int
    """How often each request is timed."""


def parse(arguments: Sequence[str]) -> Options:
    """Return the options; explains itself and ends the process for `--help` and for mistakes."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures Tweeter on an embedded AWS of its own, and prints what it measured.",
        epilog="; ".join(f"{name}: {what}" for name, what in SECTIONS.items()),
    )
    parser.add_argument(
        "sections",
        nargs="*",
        metavar="SECTION",
        help=f"any of {', '.join(SECTIONS)}; all when left out",
    )
    parser.add_argument("--followers", type=_positive, default=10_000, help="%(default)s")
    parser.add_argument(
        "--quick",
        action="store_const",
        dest="followers",
        const=_QUICK_FOLLOWERS,
        help=f"the same as --followers {_QUICK_FOLLOWERS}",
    )
    parser.add_argument("--wcu", type=_positive, default=100, help="of the feeds; %(default)s")
    parser.add_argument("--rounds", type=_positive, default=100, help="for time; %(default)s")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    return Options(
        sections=tuple(name for name in SECTIONS if name in (chosen.sections or SECTIONS)),
        followers=chosen.followers,
        wcu=chosen.wcu,
        rounds=chosen.rounds,
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        message = "must be 1 or more"
        raise argparse.ArgumentTypeError(message)
    return number
