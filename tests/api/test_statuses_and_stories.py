"""Posting, idempotency keys, reading, deleting, and stories."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world import World


def test_a_posted_status_is_in_its_authors_story_at_once(world: World) -> None:
    ann = world.sign_up("Ann")
    status = ann.post("  hello\r\nworld\r! ")
    assert status["text"] == "hello\nworld\n!"
    assert status["author"] == {key: ann.account()[key] for key in ("alias", "name", "avatar_url")}
    assert status["created_at"].endswith("Z")
    assert world.anonymous.get(f"/statuses/{status['id']}/").data == status
    assert list(ann.walk("/accounts/ann/story/")) == [status]
    assert ann.account()["statuses_count"] == 1
    assert ann.feed() == []


def test_later_statuses_have_greater_ids(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ids = [(ann, bob)[number % 2].post("hello")["id"] for number in range(10)]
    assert ids == sorted(ids, key=lambda each: (len(each), each))
    assert len(set(ids)) == 10


def test_mentions_count_where_the_alias_exists_and_are_given_as_chosen(world: World) -> None:
    world.people("Ann", "bob")
    text = "👩‍👩‍👧 é @ANN, @nobody, mail@bob, @bob @@bob https://example.org/@ann"
    status = world.sign_up("cid").post(text)
    found = [(m["alias"], status["text"][m["start"] : m["end"]]) for m in status["mentions"]]
    assert found == [("Ann", "@ANN"), ("bob", "@bob")]
    (link,) = status["links"]
    assert status["text"][link["start"] : link["end"]] == link["url"] == "https://example.org/@ann"


def test_a_mention_of_nobody_stays_none_when_somebody_takes_the_alias(world: World) -> None:
    ann = world.sign_up("ann")
    status = ann.post("hello @later")
    world.sign_up("later")
    assert world.anonymous.get(f"/statuses/{status['id']}/").data["mentions"] == []


def test_280_characters_are_counted_as_code_points(world: World) -> None:
    ann = world.sign_up("ann")
    assert ann.post("🦆" * 280)["text"] == "🦆" * 280
    assert ann.post("e\u0301" * 280)["text"] == "é" * 280


def post(person: Any, text: str, key: str) -> Any:
    headers = {"Idempotency-Key": key}
    return person.client.post("/statuses/", {"text": text}, headers=headers)


def test_the_same_key_gives_the_same_status_and_posts_once(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    first, second = post(ann, "hello", "k"), post(ann, " hello ", "k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data["id"] == second.data["id"]
    world.deliver()
    assert bob.feed() == ["hello"]


def test_a_key_with_another_text_is_a_conflict(world: World) -> None:
    ann = world.sign_up("ann")
    post(ann, "hello", "k")
    answer = post(ann, "good-bye", "k")
    assert answer.status_code == 409
    assert answer.data["errors"][0]["code"] == "idempotency_key_reused"
    assert ann.account()["statuses_count"] == 1


def test_keys_of_different_people_are_apart(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    assert post(ann, "hello", "k").data["id"] != post(bob, "hello", "k").data["id"]


def test_a_deleted_status_is_not_posted_again_by_its_key(world: World) -> None:
    ann = world.sign_up("ann")
    status_id = post(ann, "hello", "k").data["id"]
    ann.client.delete(f"/statuses/{status_id}/")
    assert post(ann, "hello", "k").status_code == 409
    assert ann.account()["statuses_count"] == 0


def test_only_its_author_deletes_a_status(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    status = ann.post("hello")
    path = f"/statuses/{status['id']}/"
    assert world.anonymous.delete(path).status_code == 401
    assert bob.client.delete(path).status_code == 403
    assert ann.client.delete(path).status_code == 204
    assert ann.client.delete(path).status_code == 404
    assert world.anonymous.get(path).status_code == 404
    assert list(ann.walk("/accounts/ann/story/")) == []
    assert ann.account()["statuses_count"] == 0


def test_only_its_author_sees_a_delivery(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    path = f"/statuses/{ann.post('hello')['id']}/delivery/"
    assert world.anonymous.get(path).status_code == 401
    assert bob.client.get(path).status_code == 403
    assert ann.client.get(path).status_code == 200
    assert ann.client.get(f"/statuses/{'0' * 32}/delivery/").status_code == 404


def test_a_status_without_followers_is_delivered_at_once(world: World) -> None:
    ann = world.sign_up("ann")
    delivery = ann.delivery(ann.post("hello"))
    assert (delivery["state"], delivery["followers"], delivery["delivered"]) == ("delivered", 0, 0)
    assert delivery["started_at"] == delivery["finished_at"] is not None
    assert world.deliver() == 0


@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5, 100])
def test_a_story_is_walked_newest_first_and_ends_where_nothing_is_left(
    world: World, page_size: int
) -> None:
    ann = world.sign_up("ann")
    texts = [ann.post(str(number))["text"] for number in range(4)]
    sizes, seen = [], []
    url: str | None = f"/accounts/ANN/story/?page_size={page_size}"
    while url:
        page = world.anonymous.get(url).data
        assert set(page) == {"next", "previous", "results"}
        assert page["previous"] is None
        sizes.append(len(page["results"]))
        seen += [status["text"] for status in page["results"]]
        url = page["next"]
    assert seen == texts[::-1]
    assert all(sizes), "no page is empty"


@pytest.mark.parametrize("page_size", [1, 2, 3, 100])
def test_rosters_are_walked_newest_follow_first(world: World, page_size: int) -> None:
    ann, bob, cid, dee = world.people("ann", "bob", "cid", "dee")
    for follower in (cid, bob, dee):
        follower.follow(ann)
        ann.follow(follower)
    for roster in ("followers", "following"):
        found = [each["alias"] for each in ann.walk(f"/accounts/ann/{roster}/", page_size)]
        assert found == ["dee", "bob", "cid"]
    assert (ann.account()["followers_count"], ann.account()["following_count"]) == (3, 3)


def test_follows_answer_as_the_contract_says(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    path = "/accounts/BOB/follow/"
    answers = [
        ann.client.delete(path),
        ann.client.post(path),
        ann.client.post(path),
        bob.client.post("/accounts/ann/follow/"),
        ann.client.post("/accounts/ann/follow/"),
        ann.client.post("/accounts/nobody/follow/"),
        ann.client.delete("/accounts/nobody/follow/"),
        world.anonymous.post(path),
        ann.client.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [
        409, 201, 409, 201, 409, 404, 404, 401, 204,
    ]  # fmt: skip
    assert answers[1].data == {"following": True, "followed_by": False}
    assert answers[3].data == {"following": True, "followed_by": True}
    codes = [answers[number].data["errors"][0]["code"] for number in (0, 2, 4)]
    assert codes == ["not_following", "already_following", "cannot_follow_self"]
    relationship = ann.client.get("/accounts/bob/relationship/").data
    assert relationship == {"following": False, "followed_by": True}
