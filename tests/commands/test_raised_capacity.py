"""Capacity raised for a while: whatever happens meanwhile, tables get back what they had."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from itertools import count

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.management import CommandError, call_command

from tests.commands.slow_dynamodb import SlowDynamoDb, refused
from tests.commands.test_capacity import provision, units
from tests.faults import Died, handling
from tweeter.errors import TweeterError, Unavailable
from tweeter.seeding.raised_capacity import RaisedCapacity
from tweeter.tables import Capacity

HAD = Capacity(read=5, write=7)
HAD_TOO = Capacity(read=600, write=20)
FILLING = Capacity(read=50, write=1_000)
A_WHOLE_RUN = 50
"""Moments that a run has at least."""


@pytest.fixture
def dynamodb() -> SlowDynamoDb:
    return three_tables()


def three_tables() -> SlowDynamoDb:
    return SlowDynamoDb(accounts=HAD, follows=HAD_TOO, feeds=None)


def run(dynamodb: SlowDynamoDb, filling: Callable[[], object] = lambda: None) -> list[str]:
    """Raise all tables, fill them and let them have their own again; return what was reported."""
    lines: list[str] = []
    tables = ["accounts", "follows", "feeds"]
    with RaisedCapacity(dynamodb.table_capacity(), lines.append).of(tables, FILLING):
        dynamodb.moment("filling")
        filling()
    return lines


def have_their_own(dynamodb: SlowDynamoDb) -> bool:
    own = {"accounts": HAD, "follows": HAD_TOO, "feeds": None}
    return all(dynamodb.capacity(table) == capacity for table, capacity in own.items())


def noted(dynamodb: SlowDynamoDb) -> list[str]:
    return [table for table in ("accounts", "follows", "feeds") if dynamodb.notes(table)]


class Strike:
    """Strikes a run at one of its moments, or, lasting, from it on; `at` has the moments' names."""

    def __init__(self, strike: Callable[[str], object], number: int, *, lasting: bool) -> None:
        self._strike = strike
        self._left = number
        self._lasting = lasting
        self.at: list[str] = []

    def __call__(self, moment: str) -> None:
        self._left -= 1
        if self._left == 0 or (self._lasting and self._left < 0):
            self.at.append(moment)
            self._strike(moment)


def runs_struck_at_each_moment(
    strike: Callable[[str], object], *, lasting: bool
) -> Iterator[tuple[SlowDynamoDb, str]]:
    """Yield, for each moment of a run, the tables as a run leaves them that was struck then, and
    the moment's name."""
    for number in count(1):
        dynamodb = three_tables()
        dynamodb.moment = struck = Strike(strike, number, lasting=lasting)
        with suppress(Died, KeyboardInterrupt, TweeterError):
            run(dynamodb)
        if not struck.at:
            assert number > A_WHOLE_RUN
            return
        dynamodb.moment = lambda _: None
        yield dynamodb, f"{struck.at[0]}, moment {number}"


def die(_: str) -> None:
    raise Died


def be_away(moment: str) -> None:
    if moment.startswith(("before", "after")):
        raise EndpointConnectionError(endpoint_url="http://aws")


def stop(_: str) -> None:
    signal.raise_signal(signal.SIGINT)


def assert_mended_by_the_next_run(dynamodb: SlowDynamoDb, moment: str) -> None:
    """The note may stay for one run more, as long as it is not sure whether it is needed."""
    for _ in range(2):
        run(dynamodb)
        assert have_their_own(dynamodb), moment
    assert not noted(dynamodb), moment


def test_tables_are_raised_meanwhile_unless_they_are_on_demand(dynamodb: SlowDynamoDb) -> None:
    def look() -> None:
        assert dynamodb.capacity("accounts") == FILLING
        assert dynamodb.capacity("follows") == Capacity(read=600, write=1_000)
        assert dynamodb.capacity("feeds") is None

    run(dynamodb, look)
    assert have_their_own(dynamodb)
    assert not noted(dynamodb)


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt])
def test_they_get_back_what_they_had_whatever_ends_it(
    dynamodb: SlowDynamoDb, end: type[BaseException]
) -> None:
    def fail() -> None:
        raise end

    with pytest.raises(end):
        run(dynamodb, fail)
    assert have_their_own(dynamodb)
    assert not noted(dynamodb)


def test_a_run_that_is_stopped_at_any_moment_gives_them_back_at_once() -> None:
    for dynamodb, moment in runs_struck_at_each_moment(stop, lasting=False):
        assert have_their_own(dynamodb), moment
        assert_mended_by_the_next_run(dynamodb, moment)


def test_being_told_to_stop_again_and_again_does_not_disturb_giving_back() -> None:
    for dynamodb, moment in runs_struck_at_each_moment(stop, lasting=True):
        assert have_their_own(dynamodb), moment


def test_what_a_run_leaves_that_is_killed_at_any_moment_is_mended_by_the_next() -> None:
    for dynamodb, moment in runs_struck_at_each_moment(die, lasting=True):
        assert_mended_by_the_next_run(dynamodb, moment)


def test_so_is_what_a_run_leaves_when_aws_is_away_at_any_moment_or_from_then_on() -> None:
    for lasting in (False, True):
        for dynamodb, moment in runs_struck_at_each_moment(be_away, lasting=lasting):
            assert_mended_by_the_next_run(dynamodb, moment)


def test_so_is_a_raise_that_aws_carries_out_only_after_the_run_was_stopped(
    dynamodb: SlowDynamoDb,
) -> None:
    moments: list[str] = []

    def stop_at_first_update(moment: str) -> None:
        moments.append(moment)
        if moment == "before UpdateTable" and moments.count(moment) == 1:
            stop(moment)

    dynamodb.moment = stop_at_first_update
    with pytest.raises(KeyboardInterrupt):
        run(dynamodb)
    dynamodb.moment = lambda _: None
    dynamodb.table_capacity().change("accounts", read=FILLING.read, write=FILLING.write)
    assert_mended_by_the_next_run(dynamodb, "before UpdateTable")


def test_what_is_still_given_back_by_a_run_that_was_killed_is_raised_after_that() -> None:
    dynamodb = SlowDynamoDb(accounts=FILLING, follows=HAD_TOO, feeds=None)
    dynamodb.begin_change("accounts", HAD)
    dynamodb.table_capacity().show("accounts")  # from here on it is seen to be under way
    raised: list[Capacity | None] = []
    run(dynamodb, lambda: raised.append(dynamodb.capacity("accounts")))
    assert raised == [FILLING]
    assert have_their_own(dynamodb)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_raise_whose_answer_was_lost_is_no_failure_when_it_is_under_way_nor_is_giving_back(
    dynamodb: SlowDynamoDb, times: int
) -> None:
    dynamodb.lose_answers_to_updates("ResourceInUseException", times=times)
    lines = run(dynamodb)
    assert lines[-2:] == [f"table follows: back to {HAD_TOO}", f"table accounts: back to {HAD}"]
    assert have_their_own(dynamodb)
    assert not noted(dynamodb)


def test_a_table_is_given_back_also_when_it_is_not_known_that_it_is_being_raised(
    dynamodb: SlowDynamoDb,
) -> None:
    dynamodb.lose_answers_to_updates("ThrottlingException", times=1)
    with pytest.raises(Unavailable):
        run(dynamodb)
    assert have_their_own(dynamodb)


def test_what_somebody_has_set_meanwhile_is_theirs_to_keep(dynamodb: SlowDynamoDb) -> None:
    run(dynamodb, lambda: dynamodb.table_capacity().change("accounts", write=20))
    assert dynamodb.capacity("accounts") == Capacity(FILLING.read, 20)
    assert not noted(dynamodb)


def test_so_is_what_somebody_is_setting_just_then(dynamodb: SlowDynamoDb) -> None:
    def begin_change() -> None:
        dynamodb.begin_change("accounts", Capacity(FILLING.read, 20))
        dynamodb.table_capacity().show("accounts")  # from here on it is seen to be under way

    run(dynamodb, begin_change)
    assert dynamodb.capacity("accounts") == Capacity(FILLING.read, 20)
    assert not noted(dynamodb)


def test_a_table_with_more_is_left_alone() -> None:
    dynamodb = SlowDynamoDb(accounts=Capacity(60, 2_000), follows=None, feeds=None)
    assert run(dynamodb) == []
    assert dynamodb.capacity("accounts") == Capacity(60, 2_000)


def test_a_refused_restoration_is_reported_and_made_up_for_later(dynamodb: SlowDynamoDb) -> None:
    def refuse(name: str) -> None:
        if name == "before UpdateTable":
            raise refused("LimitExceededException")

    def allow_no_decrease() -> None:
        dynamodb.moment = refuse

    lines = run(dynamodb, allow_no_decrease)
    assert "5 RCU and 7 WCU" in lines[-1]
    assert "the next one at" in lines[-1]
    dynamodb.moment = lambda _: None
    run(dynamodb)
    assert have_their_own(dynamodb)
    assert not noted(dynamodb)


def test_seeding_leaves_the_capacity_as_it_was(aws: None) -> None:
    provision("accounts", 5, 7)
    said = StringIO()
    call_command("seed", "--users", "3", "--celebrity", "star", stdout=StringIO(), stderr=said)
    assert "raised from 5 RCU and 7 WCU" in said.getvalue()
    assert units("accounts") == (5, 7)


def test_so_does_seeding_that_is_stopped_while_a_table_is_being_raised(aws: None) -> None:
    provision("accounts", 5, 7)
    event = "after-call.dynamodb.UpdateTable"
    with (
        handling("dynamodb", event, lambda **_: signal.raise_signal(signal.SIGTERM)),
        pytest.raises(CommandError, match="Interrupted") as stopped,
    ):
        call_command("seed", "--users=3", "--celebrity=star", stdout=StringIO(), stderr=StringIO())
    assert stopped.value.returncode == 130
    assert units("accounts") == (5, 7)
