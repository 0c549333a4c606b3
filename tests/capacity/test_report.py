"""What the report remembers, and for how long."""

from __future__ import annotations

import pytest

from bench.capacity import report as report_module
from bench.capacity.charges import Charge, Target
from bench.capacity.report import Report
from tests.capacity.conftest import Clock

WRITES = Target("table", None, "write")
INDEX = Target("table", "index", "write")


@pytest.fixture
def report(clock: Clock) -> Report:
    return Report(clock=clock, rate={WRITES: 10.0, INDEX: 5.0}.get)


def test_what_happens_in_a_second_is_added_up(report: Report, clock: Clock) -> None:
    for _ in range(2):
        report.note("table", charges=[Charge(WRITES, 1.0), Charge(WRITES, 2.0)])
        clock.now += 0.4
    [row] = report.to_json()["tables"]["table"]["seconds"]
    assert (row["second"], row["write_units"], row["capacity_write"]) == (1_700_000_000.0, 6, 10)


def test_an_index_stands_beside_its_table(report: Report) -> None:
    report.note("table", charges=[Charge(WRITES, 1), Charge(INDEX, 2)])
    told = report.to_json()
    assert told["tables"]["table/index"]["seconds"][0]["capacity_write"] == 5
    assert told["tables"]["table/index"]["totals"]["write_units"] == 2
    assert told["totals"]["write_units"] == 3


def test_a_key_is_repeated_until_the_next_reset(report: Report) -> None:
    report.note("table", puts=[b"1", b"2", b"1"])
    report.note("other", puts=[b"2"])
    assert report.to_json()["totals"]["repeated_puts"] == 1
    report.reset()
    report.note("table", puts=[b"1"])
    assert report.to_json()["totals"]["repeated_puts"] == 0


def test_old_seconds_go_and_their_totals_stay(report: Report, clock: Clock) -> None:
    for _ in range(report_module.KEPT_SECONDS + 5):
        report.note("table", write_items_accepted=1)
        clock.now += 1
    table = report.to_json()["tables"]["table"]
    assert len(table["seconds"]) == report_module.KEPT_SECONDS
    assert table["seconds"][0]["second"] == 1_700_000_005.0
    assert table["totals"]["write_items_accepted"] == report_module.KEPT_SECONDS + 5
