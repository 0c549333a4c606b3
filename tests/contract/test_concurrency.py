"""Many at once: only over HTTP, since the AWS in this process is made for one thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.tweeter.provisioned import Configure
from tests.world import PASSWORD, Person, World


@pytest.fixture
def world(aws_over_http: None) -> World:
    return World()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same moment, as far as threads can; return their answers."""
    barrier = Barrier(len(calls))

    def call(one: Callable[[], Any]) -> Any:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def statuses_of(answers: Sequence[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def follow(person: Person, alias: str) -> Callable[[], Any]:
    return lambda: person.client.post(f"/accounts/{alias}/follow/")


def test_twenty_simultaneous_follows_of_one_account_all_count(world: World) -> None:
    star = world.sign_up("star")
    fans = world.people(*(f"fan{number}" for number in range(20)))
    answers = at_once([follow(fan, "star") for fan in fans])
    assert statuses_of(answers) == [201] * 20
    assert star.account()["followers_count"] == 20
    assert len(list(star.walk("/accounts/star/followers/"))) == 20


def test_a_double_click_on_follow_counts_once(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    answers = at_once([follow(bob, "ann")] * 5)
    assert statuses_of(answers) == [201, 409, 409, 409, 409]
    assert ann.account()["followers_count"] == 1
    assert bob.account()["following_count"] == 1


def test_a_double_click_on_unfollow_counts_once(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    answers = at_once([lambda: bob.client.delete("/accounts/ann/follow/")] * 5)
    assert statuses_of(answers) == [204, 409, 409, 409, 409]
    assert (ann.account()["followers_count"], bob.account()["following_count"]) == (0, 0)


def test_of_two_who_want_one_alias_at_the_same_moment_one_gets_it(world: World) -> None:
    def sign_up(alias: str) -> Callable[[], Any]:
        fields = {"alias": alias, "name": alias, "password": PASSWORD}
        return lambda: World().anonymous.post("/accounts/", fields)

    answers = at_once([sign_up("ann"), sign_up("ANN"), sign_up("Ann")])
    assert statuses_of(answers) == [201, 409, 409]


def test_one_idempotency_key_used_at_the_same_moment_posts_once(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)

    def post() -> Any:
        return ann.client.post("/statuses/", {"text": "hello"}, headers={"Idempotency-Key": "k"})

    answers = at_once([post] * 6)
    assert statuses_of(answers) == [201] * 6
    assert len({answer.data["id"] for answer in answers}) == 1
    world.deliver()
    assert bob.feed() == ["hello"]
    assert ann.account()["statuses_count"] == 1


def test_statuses_posted_by_one_author_at_the_same_moment_are_all_delivered(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    answers = at_once([lambda: ann.client.post("/statuses/", {"text": "hello"})] * 6)
    assert statuses_of(answers) == [201] * 6
    world.deliver()
    story = [status["id"] for status in ann.walk("/accounts/ann/story/")]
    assert sorted(answer.data["id"] for answer in answers) == sorted(story)
    assert [status["id"] for status in bob.walk("/feed/")] == story
    assert ann.account()["statuses_count"] == 6


def test_a_feed_is_exact_when_follows_and_posts_race(world: World) -> None:
    ann, *fans = world.people("ann", *(f"fan{number}" for number in range(6)))
    calls = [follow(fan, "ann") for fan in fans]
    calls += [lambda: ann.client.post("/statuses/", {"text": "hello"})] * 4
    answers = at_once(calls)
    assert statuses_of(answers) == [201] * 10
    world.deliver()
    story = [status["id"] for status in ann.walk("/accounts/ann/story/")]
    for fan in fans:
        feed = [status["id"] for status in fan.walk("/feed/")]
        assert feed == story[: len(feed)], "what is missing can only be older than the follow"
    assert ann.account()["followers_count"] == len(fans)


def test_a_deleted_status_is_counted_off_once(world: World) -> None:
    ann = world.sign_up("ann")
    status = ann.post("hello")
    answers = at_once([lambda: ann.client.delete(f"/statuses/{status['id']}/")] * 4)
    assert statuses_of(answers) == [204, 404, 404, 404]
    assert ann.account()["statuses_count"] == 0


def test_of_forty_guesses_at_the_same_moment_no_more_than_the_limit_are_looked_at(
    world: World,
) -> None:
    world.sign_up("ann")
    guess = {"alias": "ann", "password": "wrong"}
    answers = at_once([lambda: World().anonymous.post("/sessions/", guess)] * 40)
    assert statuses_of(answers) == [401] * 3 + [429] * 37


def test_posts_at_the_same_moment_are_limited_to_the_last_one(
    world: World, set_config: Configure
) -> None:
    set_config(posts_by_account="4")
    ann = world.sign_up("ann")
    answers = at_once([lambda: ann.client.post("/statuses/", {"text": "hello"})] * 8)
    assert statuses_of(answers) == [201] * 4 + [429] * 4
    assert ann.account()["statuses_count"] == 4
