"""Many at once: only over HTTP, since the AWS in this process is made for one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.configuration import Configure
from tests.contract.at_once import at_once, patiently, statuses_of
from tests.world import Person, World


@pytest.fixture
def world(aws_over_http: None) -> World:
    return World()


def follow(person: Person, alias: str) -> Callable[[], Any]:
    return lambda: person.client.post(f"/accounts/{alias}/follow/")


def unfollow(person: Person, alias: str) -> Callable[[], Any]:
    return lambda: person.client.delete(f"/accounts/{alias}/follow/")


def test_a_hundred_simultaneous_follows_and_then_unfollows_of_one_account_all_count(
    world: World,
) -> None:
    star = world.sign_up("star")
    fans = world.people(*(f"fan{number}" for number in range(100)))
    answers = at_once([patiently(follow(fan, "star"), 201) for fan in fans])
    assert statuses_of(answers) == [201] * 100
    assert star.account()["followers_count"] == 100
    assert len(list(star.walk("/accounts/star/followers/"))) == 100
    answers = at_once([patiently(unfollow(fan, "star"), 204) for fan in fans])
    assert statuses_of(answers) == [204] * 100
    assert star.account()["followers_count"] == 0
    assert list(star.walk("/accounts/star/followers/")) == []


def test_some_follow_while_others_unfollow_and_the_count_is_that_of_the_followers(
    world: World,
) -> None:
    star, *fans = world.people("star", *(f"fan{number}" for number in range(30)))
    for fan in fans[:15]:
        fan.follow(star)
    leaving = [patiently(unfollow(fan, "star"), 204) for fan in fans[:15]]
    coming = [patiently(follow(fan, "star"), 201) for fan in fans[15:]]
    answers = at_once([*leaving, *coming, lambda: star.client.post("/statuses/", {"text": "hi"})])
    assert statuses_of(answers) == [201] * 16 + [204] * 15
    followers = {account["alias"] for account in star.walk("/accounts/star/followers/")}
    assert followers == {fan.alias for fan in fans[15:]}
    assert star.account()["followers_count"] == 15


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
