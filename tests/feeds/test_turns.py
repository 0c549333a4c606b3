"""Whose turn it is: claims are kept, small ones go first where they can, and nobody starves."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.fan_out import PROMISED_SECONDS
from feeds.grants import HORIZON
from feeds.pacing import SOON
from feeds.turns import PATIENCE, SHARE_OF_PATIENT, Turn, Waiting, take_turns

RATE = 100.0
CHUNK = 100
RUN_SECONDS = 2.0
IN_TIME = 120.0


def turns_of(line: list[Waiting], *, budget: float, now: float = 0.0) -> list[Turn]:
    turns, _ = take_turns(line, begins_at=now, rate=RATE, budget=budget, chunk=CHUNK)
    return turns


def claimed(entries: int, posted_at: float = 0.0) -> Waiting:
    return Waiting(posted_at, entries, promised=True)


def late(entries: int, posted_at: float = 0.0) -> Waiting:
    return Waiting(posted_at, entries, promised=False)


def test_an_empty_line_takes_no_turns_and_leaves_all_the_time() -> None:
    assert take_turns([], begins_at=0, rate=RATE, budget=500, chunk=CHUNK) == ([], True)


def test_nobody_has_a_turn_without_a_budget() -> None:
    assert turns_of([claimed(500)], budget=0) == []


def test_a_small_one_goes_before_a_large_one_that_has_the_time() -> None:
    assert turns_of([claimed(5_000), claimed(100)], budget=200) == [Turn(1, 100), Turn(0, 100)]


def test_a_shorter_one_goes_before_a_longer_one_that_has_the_time() -> None:
    assert {turn.place for turn in turns_of([claimed(5_000), claimed(1_000)], budget=900)} == {1}


def test_a_claim_without_slack_is_not_overtaken() -> None:
    line = [claimed(11_500), claimed(100, posted_at=3)]
    assert {turn.place for turn in turns_of(line, budget=500, now=3)} == {0}


def test_the_last_of_the_slack_is_for_those_of_one_chunk() -> None:
    line = [claimed(10_000), claimed(1_000), claimed(50)]
    assert [turn.place for turn in turns_of(line, budget=250)] == [2, 0, 0]


def test_the_line_is_closed_to_those_before_it_as_long_as_a_claim_has_no_slack() -> None:
    tight, _ = claimed(11_800), claimed(50)
    assert take_turns([tight], begins_at=0, rate=RATE, budget=100, chunk=CHUNK)[1] is False
    assert take_turns([claimed(500)], begins_at=0, rate=RATE, budget=100, chunk=CHUNK)[1] is True


def test_equal_large_ones_go_one_after_the_other() -> None:
    line = [late(10_000, posted_at=number / 10) for number in range(3)]
    places = [turn.place for turn in turns_of(line, budget=30_000, now=1)]
    assert places == [0] * 100 + [1] * 100 + [2] * 100


def test_one_that_can_not_be_in_time_gives_way_to_those_that_can() -> None:
    line = [late(50_000), claimed(1_000, posted_at=10)]
    assert {turn.place for turn in turns_of(line, budget=1_000, now=10)} == {1}


def test_one_that_has_been_patient_gets_a_share_whoever_came_after_it() -> None:
    line = [late(50_000), late(60_000, posted_at=PATIENCE - 1), claimed(9_000, PATIENCE + 1)]
    turns = turns_of(line, budget=500, now=PATIENCE + 20)
    assert [turn.place for turn in turns].count(0) == 500 * SHARE_OF_PATIENT / CHUNK


@given(
    sizes=st.lists(st.tuples(st.integers(1, 5_000), st.booleans()), max_size=12),
    budget=st.integers(0, 3_000),
)
def test_everyone_is_cut_into_whole_chunks_and_the_budget_kept_but_for_a_part_of_one(
    sizes: list[tuple[int, bool]], budget: int
) -> None:
    line = [Waiting(number, size, promised) for number, (size, promised) in enumerate(sizes)]
    turns = turns_of(line, budget=budget, now=len(line))
    given_away = sum(turn.entries for turn in turns)
    wanted = sum(waiting.entries for waiting in line)
    assert given_away < budget + CHUNK
    assert given_away >= min(budget, wanted)
    for place, waiting in enumerate(line):
        mine = [turn.entries for turn in turns if turn.place == place]
        assert all(entries == CHUNK for entries in mine[:-1])
        assert not mine or mine[-1] in {CHUNK, waiting.entries - CHUNK * (len(mine) - 1)}


@dataclass
class Served:
    """A status, with when it was out, and when it would have been in the order of arrival."""

    posted_at: float
    entries: int
    promised: bool
    in_order: float
    left: int
    out_at: float = 0.0

    @property
    def took(self) -> float:
        return self.out_at - self.posted_at


@dataclass
class Office:
    """The line and the budget as planner and fan-out work on them, at a constant rate."""

    given_until: float = 0.0
    in_order_until: float = 0.0
    next_run: float = 0.0
    is_open: bool = True
    line: list[Served] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)

    def post(self, now: float, entries: int) -> None:
        self.run_until(now)
        self.given_until = max(self.given_until, now)
        self.in_order_until = max(self.in_order_until, now) + entries / RATE
        ahead = sum(each.left for each in self.line)
        wait = self.given_until - now + (ahead + entries) / RATE
        one = Served(now, entries, wait <= PROMISED_SECONDS, self.in_order_until, entries)
        self.served.append(one)
        if entries <= CHUNK and self.is_open and wait - ahead / RATE <= SOON:
            self.given_until += entries / RATE
            one.out_at = self.given_until
            return
        self.line.append(one)
        if len(self.line) == 1:
            self.next_run = max(now, self.next_run)
            self.run_until(now)

    def run_until(self, now: float) -> None:
        while self.line and self.next_run <= now:
            self._run(self.next_run)
            self.next_run += RUN_SECONDS

    def _run(self, now: float) -> None:
        self.given_until = max(self.given_until, now)
        turns, self.is_open = take_turns(
            [Waiting(each.posted_at, each.left, each.promised) for each in self.line],
            begins_at=self.given_until,
            rate=RATE,
            budget=(now + HORIZON - self.given_until) * RATE,
            chunk=CHUNK,
        )
        for turn in turns:
            one = self.line[turn.place]
            one.left -= turn.entries
            self.given_until += turn.entries / RATE
            one.out_at = self.given_until
        self.line = [each for each in self.line if each.left]

    def close(self) -> None:
        while self.line:
            self.run_until(self.next_run)


arrivals = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.4, 3.0, 20.0, 70.0]),
        st.one_of(st.integers(1, 300), st.integers(1, 12_000), st.just(11_500), st.just(5_000)),
    ),
    max_size=40,
)


@settings(deadline=None)
@example(todo=[(0.0, 101), (0.0, 101), (3.0, 11_500), (0.0, 101), (0.0, 300)])
@given(todo=arrivals)
def test_all_that_the_order_of_arrival_would_have_out_in_time_is_out_in_time(
    todo: list[tuple[float, int]],
) -> None:
    office = Office()
    now = 0.0
    for gap, entries in todo:
        now += gap
        office.post(now, entries)
    office.close()
    for one in office.served:
        # What a claim is decided by is another sum of the same, which may differ in its last digit.
        if one.in_order - one.posted_at < PROMISED_SECONDS - 1e-6:
            assert one.took <= IN_TIME


def test_small_ones_that_come_between_two_runs_cost_no_claim() -> None:
    office = Office()
    for now, entries in ((0, 11_500), (2.7, 100), (3.6, 250), (4.1, 60), (4.1, 100), (4.6, 100)):
        office.post(now, entries)
    office.close()
    assert office.served[0].in_order <= PROMISED_SECONDS
    assert office.served[0].took <= IN_TIME


@pytest.mark.parametrize("load", [0.9, 2.0])
@pytest.mark.parametrize("small", [CHUNK, 5 * CHUNK], ids=["one chunk each", "more chunks"])
def test_nobody_starves_under_small_ones_that_never_cease(small: int, load: float) -> None:
    office = Office()
    office.post(0, 20_000)
    first = office.served[0]
    # Its patience, what came during that, and its own entries.
    latest = PATIENCE * (1 + load) + first.entries / RATE + IN_TIME
    now = 0.0
    while first.left and now < latest:
        office.post(now, small)
        now += small / (RATE * load)
    assert first.left == 0
