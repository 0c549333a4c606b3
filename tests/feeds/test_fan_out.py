"""The fan-out: at once or in line, in time, and through crashes and repetitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from feeds.budget import Budget
from feeds.entities import FanOutJob, Outline, mark_of
from feeds.pacing import SOON
from tests.feeds.desk import CHUNK_SIZE, Desk
from tests.feeds.fakes import followers_of
from tests.feeds.simulated import Faults, SimulatedDelivery
from tweeter.clock import REQUEST_IS_OVER
from tweeter.errors import Unavailable


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_status_without_followers_sends_nothing_and_is_done(desk: Desk) -> None:
    status = desk.post(0)
    desk.begin(status)
    assert (desk.chunks.sent, desk.jobs.sent) == ([], [])
    assert desk.outline_of(status) == Outline(0, 0, desk.clock())


@pytest.mark.parametrize("followers", [1, 99, 100])
def test_followers_that_fit_into_one_chunk_are_sent_at_once(desk: Desk, followers: int) -> None:
    status = desk.post(followers)
    desk.begin(status)
    (chunk,) = desk.chunks_of(status)
    assert chunk.owners == followers_of(status.author_id, followers)
    assert desk.outline_of(status) == Outline(followers, 1, desk.clock(), mark_of(chunk.owners[-1]))
    assert (desk.line.all(), desk.jobs.sent) == ([], [])


def test_more_followers_than_that_wait_in_line_and_have_their_turn(desk: Desk) -> None:
    status = desk.post(101)
    desk.begin(status)
    assert [chunk.size for chunk in desk.chunks_of(status)] == [100, 1]
    assert desk.outline_of(status) == Outline(101, 2, desk.clock(), mark_of(desk.chunks.owners[-1]))


def test_a_small_fan_out_goes_before_a_large_one_in_line(desk: Desk) -> None:
    desk.begin(desk.post(5_000))
    small = desk.post(50)
    desk.begin(small)
    (delayed,) = [each for each in desk.chunks.sent if each.message == desk.chunks_of(small)[0]]
    assert delayed.delay == pytest.approx(3.5)
    assert desk.line.find(small.id) is None


def test_a_small_fan_out_waits_in_line_while_it_would_cost_another_its_claim(desk: Desk) -> None:
    large = desk.join(11_500)
    desk.clock.advance(3)
    desk.begin(large)
    assert not desk.budget.open_to_small
    small = desk.post(50)
    desk.begin(small)
    assert desk.chunks_of(small) == []
    assert desk.line.find(small.id) is not None


def test_a_small_fan_out_that_would_be_written_late_waits_in_line(desk: Desk) -> None:
    desk.give_ahead(SOON)
    small = desk.post(50)
    desk.begin(small)
    assert desk.chunks.sent == []
    assert desk.line.find(small.id) is not None


def test_one_with_more_followers_than_were_counted_waits_in_line(desk: Desk) -> None:
    status = desk.post(CHUNK_SIZE)
    desk.follows.counts[status.author_id] = CHUNK_SIZE + 20
    desk.begin(status)
    desk.clock.advance(2)
    desk.run_to_the_end()
    assert set(desk.chunks.owners) == set(followers_of(status.author_id, CHUNK_SIZE + 20))


@pytest.mark.parametrize(
    ("followers", "is_promised"), [(101, True), (11_500, True), (11_501, False)]
)
def test_whoever_would_be_out_in_time_in_the_order_of_arrival_is_promised_to_be(
    desk: Desk, followers: int, is_promised: bool
) -> None:
    status = desk.join(followers)
    (plan,) = desk.line.all()
    assert (plan.status_id, plan.promised) == (status.id, is_promised)


def test_what_is_promised_counts_from_the_posting_however_late_the_job_comes(desk: Desk) -> None:
    late = desk.post(11_500)
    desk.clock.advance(18)
    desk.begin(late)
    (plan,) = desk.line.all()
    assert not plan.promised
    small = desk.post(50)
    desk.begin(small)
    assert [chunk.status_id for chunk in desk.chunks_of(small)] == [small.id]


def test_what_is_given_away_and_who_is_in_line_counts_for_the_promise(desk: Desk) -> None:
    desk.give_ahead(3)
    desk.join(6_000)
    in_time, late = desk.join(5_200), desk.join(101)
    promised = {plan.status_id: plan.promised for plan in desk.line.all()}
    assert (promised[in_time.id], promised[late.id]) == (True, False)


def test_the_job_looks_again_in_a_minute_while_its_fan_out_is_in_line(desk: Desk) -> None:
    status = desk.post(10_000)
    desk.begin(status)
    (delayed,) = [each for each in desk.jobs.sent if each.message in desk.jobs.jobs]
    assert (delayed.message, delayed.delay) == (desk.job_of(status), 60)


def test_a_job_that_is_put_back_has_not_sent_itself_as_well(desk: Desk) -> None:
    status = desk.post(10_000)
    desk.begin(status)
    desk.jobs.sent = []
    desk.clock.advance(60)

    def away() -> tuple[Budget | None, int]:
        raise Unavailable("away")

    desk.store.find = away  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        desk.begin(status)
    assert desk.jobs.sent == []


def test_the_job_gets_a_line_going_whose_next_run_was_lost(desk: Desk) -> None:
    status = desk.post(10_000)
    desk.begin(status)
    desk.jobs.sent = []
    before = len(desk.chunks.sent)
    desk.clock.advance(60)
    desk.begin(status)
    assert len(desk.chunks.sent) > before
    assert len(desk.jobs.runs) == len(desk.jobs.jobs) == 1


@pytest.mark.parametrize("followers", [50, 250])
def test_a_job_that_comes_again_when_all_is_planned_does_nothing(
    desk: Desk, followers: int
) -> None:
    status = desk.post(followers)
    desk.begin(status)
    desk.run_to_the_end()
    desk.chunks.sent, desk.jobs.sent = [], []
    desk.begin(status)
    assert (desk.chunks.sent, desk.jobs.sent) == ([], [])


def test_a_job_that_comes_twice_joins_the_line_once(desk: Desk) -> None:
    status = desk.post(10_000)
    desk.begin(status)
    plan = desk.line.find(status.id)
    desk.begin(status)
    assert desk.line.all() == [plan]
    assert [chunk.number for chunk in desk.chunks.chunks] == [0, 1, 2]


def test_a_status_that_is_not_stored_yet_is_waited_for(desk: Desk) -> None:
    status = desk.post(10)
    desk.author.last_status_id = ""
    del desk.statuses.by_id[status.id]
    desk.begin(status)
    assert desk.chunks.sent == []
    ((message, delay),) = [(delayed.message, delayed.delay) for delayed in desk.jobs.sent]
    assert message == desk.job_of(status)
    assert delay > 0
    desk.statuses.by_id[status.id] = status
    desk.begin(status)
    assert len(desk.chunks.owners) == 10


def test_a_status_that_is_stored_while_the_job_looks_for_it_is_delivered(desk: Desk) -> None:
    status = desk.post(10)
    del desk.statuses.by_id[status.id]

    def find_author(_: object) -> object:
        desk.statuses.by_id[status.id] = status  # its request commits between the two reads
        return desk.author

    desk.find_author = find_author
    desk.begin(status)
    (delayed,) = desk.jobs.sent
    desk.fan_out.run(cast("FanOutJob", delayed.message), 30)
    assert len(desk.chunks.owners) == 10


def test_a_status_that_its_request_never_stored_is_dropped_in_the_end(desk: Desk) -> None:
    status = desk.post(10)
    job = desk.job_of(status)
    desk.author.last_status_id = ""
    del desk.statuses.by_id[status.id]
    desk.clock.advance(REQUEST_IS_OVER.total_seconds())
    desk.fan_out.run(job, 30)
    assert (desk.chunks.sent, desk.jobs.sent) == ([], [])


def test_a_status_no_newer_than_its_authors_newest_is_dropped_at_once_when_it_is_gone(
    desk: Desk,
) -> None:
    status = desk.post(10)
    del desk.statuses.by_id[status.id]
    desk.begin(status)
    assert (desk.chunks.sent, desk.jobs.sent) == ([], [])


def test_a_queue_that_is_away_keeps_a_small_fan_out_from_being_taken_for_done(desk: Desk) -> None:
    status = desk.post(10)
    desk.chunks.away = True
    with pytest.raises(Unavailable):
        desk.begin(status)
    assert desk.outline_of(status) is None
    desk.chunks.away = False
    desk.begin(status)
    assert len(desk.chunks.owners) == 10


def test_a_small_fan_out_is_sent_with_its_own_capacity_however_much_is_saved(desk: Desk) -> None:
    desk.change_budget(replace(desk.budget, saved=5_000))
    desk.begin(desk.post(80))
    assert [delayed.delay for delayed in desk.chunks.sent] == [0]
    assert desk.budget.saved == 4_920


def calls_of(post: Callable[[SimulatedDelivery], None]) -> int:
    """Return how many calls to stores and queues a delivery takes."""
    world = SimulatedDelivery(wcu=100, saved=500)
    post(world)
    world.run()
    return world.faults.calls


def small_and_large(world: SimulatedDelivery) -> None:
    world.post_later(0, 60)
    world.post_later(0.5, 730)


@pytest.mark.parametrize("fault", ["crash", "crash after", "defect", "away", "away after"])
def test_a_fault_between_any_two_calls_loses_nothing(fault: str) -> None:
    for number in range(calls_of(small_and_large)):
        world = SimulatedDelivery(wcu=100, saved=500, faults=Faults({number: fault}))
        small_and_large(world)
        world.run()
        assert world.faults.calls > number
        assert world.table.entries == world.expected
        assert world.line.all() == []
        assert all(world.deliveries.find(each.id)[0] for each in world.posted)
