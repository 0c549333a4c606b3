"""A short campaign, as `make chaos ARGS=--short` runs it, and what makes each repeatable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.__main__ import verdict
from tests.chaos.faults import PROCESSES, QUEUES, SHORT_TABLES, Kind, death, faults_of

ROOT = Path(__file__).parents[2]
SEED = 20
MANY_STEPS = range(1, 3_000)


def test_whatever_fails_nothing_is_lost_and_nothing_is_there_that_should_not_be() -> None:
    dropped = (
        "TWEETER_",
        "DJANGO_",
        "AWS_",
        "COV_",
        "COVERAGE_",
    )  # a dying process measures nothing
    environment = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    environment |= {k: v for k, v in os.environ.items() if k == "TWEETER_MINISTACK"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--short", f"--seed={SEED}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    struck = re.search(r"in all +(\d+)", done.stdout)
    assert struck, done.stdout
    assert int(struck[1]) >= 50


def test_a_campaign_that_found_something_fails_and_tells_how_to_run_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verdict([], 7, "python -m tests.chaos --seed 7") == 0
    assert "No differences" in capsys.readouterr().out
    assert verdict(["a picture is nobody's"], 7, "python -m tests.chaos --seed 7") == 1
    said = capsys.readouterr().out
    for word in ("a picture is nobody's", "seed 7", "python -m tests.chaos --seed 7"):
        assert word in said


def test_a_seed_always_means_the_same_schedule() -> None:
    first, again = ([faults_of(7, step) for step in MANY_STEPS] for _ in range(2))
    assert first == again
    assert first != [faults_of(8, step) for step in MANY_STEPS]
    lives = [(process, life) for process in PROCESSES for life in range(20)]
    assert [death(7, *life) for life in lives] == [death(7, *life) for life in lives]
    assert [death(7, *life) for life in lives] != [death(8, *life) for life in lives]


def test_a_schedule_has_every_fault_everywhere() -> None:
    faults = [fault for step in MANY_STEPS for fault in faults_of(1, step)]
    assert {fault.kind for fault in faults} == set(Kind) - {Kind.KILL}
    for kind in (Kind.THROTTLE, Kind.FAILURE, Kind.RESET, Kind.LOST, Kind.SLOW):
        struck = [fault for fault in faults if fault.kind is kind]
        assert {fault.target for fault in struck} == set(PROCESSES)
        assert {fault.service for fault in struck} == {"dynamodb", "sqs", "s3"}
    targets = {kind: {fault.target for fault in faults if fault.kind is kind} for kind in Kind}
    assert targets[Kind.DUPLICATE] == targets[Kind.OVERTAKEN] == set(QUEUES)
    assert targets[Kind.SHORTAGE] == set(SHORT_TABLES)


def test_processes_die_before_calls_and_after_their_answers() -> None:
    deaths = [death(1, process, life) for process in PROCESSES for life in range(200)]
    kinds = Counter(each.is_answered for each in deaths)
    assert min(kinds[True], kinds[False]) > 200
    assert {each.call for each in deaths} > set(range(5, 40))
