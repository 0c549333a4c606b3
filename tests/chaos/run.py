"""A campaign on a system of its own, and what is printed of it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from bench.tables import print_table
from tests.chaos.campaign import Campaign, Outcome, Plan
from tests.chaos.direct import Direct
from tests.chaos.faults import Kind
from tests.chaos.sizes import Size
from tests.chaos.system import System
from tweeter.config import get_config
from tweeter.provisioning import provision


def run(seed: int, faults: int, size: Size, directory: Path) -> Sequence[str]:
    """Run a campaign and print how it goes; return the differences. Needs an AWS to itself."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)

    config, upstream = get_config(), os.environ["AWS_ENDPOINT_URL"]
    provision(lambda _: None)
    direct = Direct(endpoint=upstream, prefix=config.name_prefix, bucket=config.picture_bucket)
    with System(
        seed=seed, directory=directory, upstream=upstream, longest_delay=size.longest_delay
    ) as system:
        plan = Plan(seed=seed, faults=faults, followers=size.followers)
        outcome = Campaign(plan, system=system, direct=direct, say=say).run()
    _show(outcome)
    return outcome.differences


def _show(outcome: Outcome) -> None:
    rows = [(kind.value, outcome.faults[kind], outcome.blows[kind]) for kind in Kind]
    rows.append(("in all", outcome.faults.total(), outcome.blows.total()))
    print_table("What struck", ("fault", "times", "blows"), rows)
    print_table("What was done meanwhile", ("what", "times"), list(outcome.acts.items()))
    print(
        f"\n{outcome.steps} steps in {outcome.seconds:.0f} s;"
        f" {outcome.refused} items and calls were refused for want of capacity."
    )
