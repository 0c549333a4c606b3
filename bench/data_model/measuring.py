"""Measuring every access, on an AWS in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import time_machine
from moto import mock_aws

from bench.data_model.examples import AT
from bench.data_model.meter import Cost, Meter
from bench.data_model.pattern import Pattern
from bench.data_model.patterns_of_accounts import ACCOUNTS
from bench.data_model.patterns_of_feeds import FEEDS, STATUSES
from bench.data_model.stage import Stage
from tweeter import aws
from tweeter.provisioning.definitions import definition
from tweeter.tables import all_tables

PATTERNS = [*ACCOUNTS, *STATUSES, *FEEDS]


@dataclass(frozen=True, slots=True)
class Measured:
    """What an access costs."""

    pattern: Pattern
    costs: Sequence[Cost]

    def on(self, table: str) -> Sequence[Cost]:
        """Return what it costs one table, which goes by its full name."""
        return [cost for cost in self.costs if cost.table == table]


def measure_all() -> list[Measured]:
    """Return the costs of every access, always the same ones; takes five seconds.

    Always at the same time: a number takes a byte less to store where its last digits are zeros.
    """
    with mock_aws(), time_machine.travel(AT):
        aws.forget_clients()
        for spec in all_tables():
            aws.client("dynamodb").create_table(**definition(spec))
        stage, meter = Stage(), Meter()
        return [Measured(each, meter.measure(each.prepare(stage))) for each in PATTERNS]
