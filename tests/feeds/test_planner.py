"""The planner: one run at a time gives the capacity out, and none of it is lost or given twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.entities import AccountId
from accounts.interfaces import Audience
from feeds.budget import Trial
from feeds.entities import Chunk, Outline, mark_of
from feeds.grants import HORIZON, TRIAL_PATIENCE
from statuses.entities import Status
from tests.feeds.desk import CHUNK_SIZE, Desk
from tests.feeds.fakes import followers_of
from tweeter.errors import Unavailable

WCU = 100


@pytest.fixture
def desk() -> Desk:
    return Desk()


def can_not_be_cut(desk: Desk, status: Status) -> None:
    """Have every look at the followers of a status's author fail as nobody has thought of."""
    audience = desk.follows.audience

    def broken(author: AccountId, status_id: str, position: str | None, limit: int) -> Audience:
        if author == status.author_id:
            raise ZeroDivisionError
        return audience(author, status_id, position, limit)

    desk.follows.audience = broken  # type: ignore[method-assign]


def test_a_run_gives_out_the_capacity_of_the_next_seconds_and_no_more(desk: Desk) -> None:
    desk.join(10_000)
    desk.run()
    assert [delayed.delay for delayed in desk.chunks.sent] == [
        pytest.approx(second) for second in (1, 2, 3)
    ]
    assert desk.budget.given_until == pytest.approx(desk.clock.seconds() + HORIZON)


def test_a_run_takes_down_how_far_it_has_come(desk: Desk) -> None:
    status = desk.join(10_000)
    desk.run()
    plan = desk.line.find(status.id)
    assert plan is not None
    assert (plan.next_chunk, plan.planned, plan.position) == (3, 300, "300")


@pytest.mark.parametrize("followers", [101, 300, 1_234])
def test_every_follower_is_in_exactly_one_chunk(desk: Desk, followers: int) -> None:
    status = desk.join(followers)
    desk.run_to_the_end()
    assert desk.chunks.owners == list(followers_of(status.author_id, followers))
    count = -(-followers // CHUNK_SIZE)
    assert [chunk.number for chunk in desk.chunks.chunks] == list(range(count))
    assert desk.outline_of(status) == Outline(
        followers, count, status.created_at, mark_of(desk.chunks.owners[-1])
    )
    assert desk.line.all() == []


def test_capacity_does_not_lie_idle_while_anyone_is_in_line(desk: Desk) -> None:
    began = desk.clock.seconds()
    desk.join(4_950)
    desk.run_to_the_end()
    assert desk.budget.given_until - began == pytest.approx(4_950 / WCU)


def test_a_run_calls_for_the_next_one_when_what_it_gave_out_is_nearly_written(desk: Desk) -> None:
    desk.join(10_000)
    desk.run()
    (called,) = desk.jobs.sent
    assert called.delay == pytest.approx(2)
    assert desk.budget.next_turns_at == pytest.approx(desk.clock.seconds() + 2)


def test_a_run_that_ends_early_has_called_for_the_next_before_all_else(desk: Desk) -> None:
    desk.join(10_000)
    before = desk.budget

    def crash() -> None:
        raise ZeroDivisionError

    desk.store.before_replace = crash
    with pytest.raises(ZeroDivisionError):
        desk.run()
    assert len(desk.jobs.runs) == 1
    assert desk.budget == before
    assert desk.chunks.sent == []


@pytest.mark.parametrize("away", ["budget", "chunks"])
def test_a_run_that_has_called_for_the_next_is_not_repeated_as_well(desk: Desk, away: str) -> None:
    desk.join(10_000)

    def be_away() -> None:
        raise Unavailable("away")

    if away == "budget":
        desk.store.before_replace = be_away
    desk.chunks.away = away == "chunks"
    desk.run()  # else its message would be put back, and both take turns from then on
    assert len(desk.jobs.runs) == 1
    assert desk.chunks.sent == []


def test_a_run_that_can_not_call_for_the_next_gives_nothing_out(desk: Desk) -> None:
    desk.join(10_000)
    before = desk.budget
    desk.jobs.away = True
    with pytest.raises(Unavailable):
        desk.run()
    assert desk.budget == before
    assert desk.chunks.sent == []


def test_while_a_run_is_in_charge_another_does_nothing(desk: Desk) -> None:
    desk.join(10_000)
    desk.run()
    sent, revision = len(desk.chunks.sent), desk.store.revision
    desk.clock.advance(1)
    desk.run()
    assert (len(desk.chunks.sent), len(desk.jobs.sent)) == (sent, 1)
    assert desk.store.revision == revision


def test_of_two_runs_at_once_only_one_gives_anything_out(desk: Desk) -> None:
    desk.join(10_000)
    desk.store.before_replace = desk.run
    desk.run()
    assert [chunk.number for chunk in desk.chunks.chunks] == [0, 1, 2]


def test_a_run_whose_budget_a_small_fan_out_has_changed_begins_again(desk: Desk) -> None:
    desk.join(10_000)
    desk.store.before_replace = lambda: desk.give_ahead(1.5)
    desk.run()
    assert [chunk.number for chunk in desk.chunks.chunks] == [0, 1, 2]


def test_a_run_that_began_again_has_called_for_the_time_at_which_it_gives_way(desk: Desk) -> None:
    desk.join(10_000)

    def overtake() -> None:
        desk.pacer.reserve_soon(90)

    desk.store.before_replace = overtake
    desk.run()
    latest = max(called.delay for called in desk.jobs.sent)
    assert desk.clock.seconds() + latest >= desk.budget.next_turns_at - 1e-3


def test_the_last_of_the_line_closes_it(desk: Desk) -> None:
    desk.join(101)
    desk.run_to_the_end()
    assert desk.budget.next_turns_at == 0
    assert desk.budget.open_to_small


def test_a_line_that_is_closed_stays_as_it_is(desk: Desk) -> None:
    desk.run()
    assert (desk.store.revision, desk.jobs.sent) == (0, [])


def test_one_that_joins_just_before_the_line_is_closed_is_still_found(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, next_turns_at=desk.clock.seconds()))
    late: list[Status] = []
    desk.store.before_replace = lambda: late.append(desk.join(500))
    desk.run()
    assert desk.chunks_of(late[0])
    assert desk.budget.next_turns_at > desk.clock.seconds()


def test_a_changed_capacity_is_followed_by_the_next_run(desk: Desk) -> None:
    desk.join(10_000)
    desk.run()
    desk.taken(desk.chunks)
    desk.capacity.wcu = 400
    desk.clock.advance(2)
    desk.run()
    given_before = 1 * WCU
    assert len(desk.chunks.sent) == (HORIZON * 400 - given_before) / CHUNK_SIZE


def test_a_capacity_that_was_lowered_by_mistake_is_used_as_soon_as_it_is_raised(desk: Desk) -> None:
    desk.join(10_000)
    desk.run()
    desk.clock.advance(2)
    desk.capacity.wcu = 1
    desk.run()
    for _ in range(3):  # what was sent ahead is refused
        desk.pacer.reserve_again(CHUNK_SIZE)
    desk.taken(desk.chunks)
    desk.capacity.wcu = WCU
    for _ in range(10):
        desk.clock.advance(1)
        desk.run()
    given_before = 5
    assert len(desk.chunks.sent) >= 10 - given_before


def test_a_capacity_raised_from_next_to_nothing_is_not_waited_for_as_that_would_have_been(
    desk: Desk,
) -> None:
    desk.capacity.wcu = 1
    desk.join(10_000)
    desk.run()
    assert len(desk.taken(desk.chunks)) == 1
    desk.capacity.wcu = 100
    desk.clock.advance(3)
    desk.run()
    given_before = 1 - 3 / WCU
    assert [delayed.delay for delayed in desk.chunks.sent] == [
        pytest.approx(given_before + second) for second in (1, 2, 3)
    ]


def test_saved_capacity_is_tried_before_it_is_used(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    status = desk.join(10_000)
    desk.run()
    assert [round(delayed.delay, 3) for delayed in desk.chunks.sent] == [0, 0, 1, 2, 3]
    assert desk.budget.trial == Trial(status.id, 1, desk.clock.seconds() + TRIAL_PATIENCE)
    assert not desk.budget.trusted


def test_until_the_trial_is_written_no_more_of_what_is_saved_is_used(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    desk.join(10_000)
    desk.run()
    saved = desk.budget.saved
    desk.clock.advance(1)
    desk.run()
    assert desk.budget.saved == saved


def test_once_the_trial_is_written_saved_capacity_is_used_up_to_the_peak(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    desk.join(10_000)
    desk.run()
    for chunk in desk.taken(desk.chunks):
        desk.deliveries.finish(chunk, desk.clock())
    desk.clock.advance(1)
    desk.run()
    assert desk.budget.trusted
    assert 2_500 <= len(desk.chunks.owners) <= 3_000
    assert max(delayed.delay for delayed in desk.chunks.sent) <= HORIZON


def test_saved_capacity_is_given_up_when_the_trial_is_refused(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    desk.join(10_000)
    desk.run()
    desk.taken(desk.chunks)
    desk.pacer.reserve_again(CHUNK_SIZE)
    desk.clock.advance(2)
    desk.run()
    assert desk.budget.saved == 0
    assert desk.budget.trial is None
    assert len(desk.chunks.sent) <= 2


def test_a_trial_whose_status_is_deleted_is_made_anew(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    deleted, other = desk.join(10_000), desk.join(10_000)
    desk.run()
    del desk.statuses.by_id[deleted.id]
    for _ in range(int(TRIAL_PATIENCE) + 2):
        desk.clock.advance(1)
        desk.run()
    assert desk.budget.trial is not None
    assert desk.budget.trial.status_id == other.id


def test_one_that_can_not_be_cut_keeps_nobody_from_what_is_saved(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=20_000))
    bad, good = desk.join(1_000), desk.join(10_000)
    can_not_be_cut(desk, bad)
    for _ in range(25):
        desk.run()
        for chunk in desk.taken(desk.chunks):
            desk.deliveries.finish(chunk, desk.clock())
        desk.clock.advance(1)
    assert desk.outline_of(good) is not None
    assert desk.outline_of(bad) is None


def test_too_little_saved_for_a_trial_is_left_alone(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=150))
    desk.join(10_000)
    desk.run()
    assert desk.budget.trial is None
    assert desk.budget.saved == 150


def test_a_deleted_status_leaves_the_line_and_sends_nothing(desk: Desk) -> None:
    status = desk.join(10_000)
    del desk.statuses.by_id[status.id]
    desk.run()
    assert desk.line.all() == []
    assert desk.chunks.sent == []


def test_one_that_can_not_be_cut_does_not_keep_the_others_from_being(desk: Desk) -> None:
    bad, good = desk.join(150), desk.join(150)
    can_not_be_cut(desk, bad)
    for _ in range(5):
        desk.run()
        desk.clock.advance(2)
    assert desk.outline_of(good) is not None
    assert [plan.status_id for plan in desk.line.all()] == [bad.id]


def test_one_that_can_not_be_cut_uses_no_capacity_but_a_try_a_minute(desk: Desk) -> None:
    bad = desk.join(10_000)
    audience = desk.follows.audience
    tries: list[float] = []

    def broken(*_: Any) -> Audience:
        tries.append(desk.clock.seconds())
        raise ZeroDivisionError

    desk.follows.audience = broken  # type: ignore[method-assign,assignment]
    began = desk.clock.seconds()
    for _ in range(300):  # its job comes every minute, others call for runs at any time
        desk.run()
        desk.clock.advance(1)
    assert [time - began for time in tries] == [0, 55, 110, 165, 220, 275]
    desk.follows.audience = audience  # type: ignore[method-assign]
    desk.clock.advance(60)
    desk.run_to_the_end()
    assert desk.chunks.owners == list(followers_of(bad.author_id, 10_000))


def test_chunks_that_could_not_be_sent_are_sent_by_the_next_run(desk: Desk) -> None:
    status = desk.join(150)
    desk.chunks.away = True
    desk.run()
    desk.chunks.away = False
    desk.clock.advance(2)
    desk.run_to_the_end()
    assert desk.chunks.owners == list(followers_of(status.author_id, 150))


def test_a_run_that_has_no_time_left_does_nothing(desk: Desk) -> None:
    desk.join(10_000)
    desk.run(seconds_left=4)
    assert (desk.chunks.sent, desk.jobs.sent, desk.store.revision) == ([], [], 0)


def run_and_die(desk: Desk, status: Status) -> list[Chunk]:
    """Have the planner run, and lose what it took down of a status; return the chunks it sent."""
    before = desk.line.plans[status.id]
    desk.run()
    desk.line.plans[status.id] = before
    desk.clock.advance(HORIZON)
    return desk.taken(desk.chunks)


@pytest.mark.parametrize("of_the_first", [{0, 1, 2}, {0}, {2}])
def test_chunks_that_a_run_which_died_had_cut_otherwise_do_not_stand_for_those_of_the_next(
    desk: Desk, of_the_first: set[int]
) -> None:
    status = desk.join(1_000)
    everyone = followers_of(status.author_id, 1_000)
    first = run_and_die(desk, status)
    desk.follows.gone.append(everyone[50])
    desk.run_to_the_end()
    written = {chunk for chunk in first if chunk.number in of_the_first}
    written |= {c for c in desk.chunks_of(status) if c.number > 2 or c.number not in of_the_first}
    for chunk in written:
        desk.deliveries.finish(chunk, desk.clock())
    outline, progress = desk.deliveries.find(status.id)
    assert outline is not None
    assert {owner for chunk in written for owner in chunk.owners} < set(everyone)
    assert not outline.is_met_by(progress)
    for chunk in desk.chunks_of(status):
        desk.deliveries.finish(chunk, desk.clock())
    assert outline.is_met_by(desk.deliveries.find(status.id)[1])


def test_chunks_that_a_run_which_died_had_cut_alike_are_those_of_the_next(desk: Desk) -> None:
    status = desk.join(1_000)
    first = run_and_die(desk, status)
    desk.run_to_the_end()
    assert first == desk.chunks_of(status)[:3]


def test_a_status_that_is_damaged_on_its_way_is_delivered_and_keeps_nobody_waiting(
    desk: Desk,
) -> None:
    damaged, sound = desk.join(1_000), desk.join(1_000)
    desk.statuses.damaged.add(damaged.id)
    desk.change_budget(replace(desk.budget, trial=Trial(damaged.id, 0, 0)))
    desk.run_to_the_end()
    for status in (damaged, sound):
        owners = [owner for chunk in desk.chunks_of(status) for owner in chunk.owners]
        assert owners == list(followers_of(status.author_id, 1_000))
