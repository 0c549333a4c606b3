"""What makes a campaign of `make chaos` repeatable, and what it says at its end."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chaos.__main__ import verdict
from tests.chaos.faults import PROCESSES, QUEUES, SHORT_TABLES, Kind, death, faults_of

MANY_STEPS = range(1, 3_000)


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
