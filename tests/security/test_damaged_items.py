"""What comes back from DynamoDB is not believed blindly: a damaged item spoils no others."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.log_lines import recorded_lines
from tests.metric_lines import recorded_metrics
from tests.security.damage import damage, damage_status
from tests.security.stored import items
from tests.world import PASSWORD, World
from tweeter.metrics import Metric

STATUSES: dict[str, dict[str, Any]] = {
    "without mentions": {"mentions": None},
    "with a mention of nothing": {"mentions": {"L": [{"M": {}}]}},
    "with a number for links": {"links": {"N": "1"}},
    "with a word for a number": {"followers": {"S": "x"}},
    "without its text": {"text": None},
}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "without a count": {"followers_count": None},
    "without its beginning": {"created_at": None},
    "from the end of days": {"created_at": {"N": "9" * 30}},
    "with a word for a number": {"statuses_count": {"S": "x"}},
    "without its name": {"name": None},
}


each_damaged_status = pytest.mark.parametrize("attributes", STATUSES.values(), ids=STATUSES.keys())


@each_damaged_status
def test_a_damaged_status_is_left_out_of_feeds_stories_and_exports(
    world: World, attributes: dict[str, Any]
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ids = [ann.post(text)["id"] for text in ("first", "second", "third", "fourth")]
    world.deliver()
    damage_status(ids[1], attributes)
    damage_status(ids[3], attributes)
    with recorded_lines(logging.ERROR) as lines:
        assert bob.feed() == ["third", "first"]
    assert "damaged item" in repr(lines)
    story = "/accounts/ann/story/"
    assert [status["text"] for status in bob.walk(story)] == ["third", "first"]
    assert [status["text"] for status in bob.walk(story, page_size=1)] == ["third", "first"]
    export = ann.client.get("/accounts/me/export/").data
    assert [status["text"] for status in export["statuses"]] == ["third", "first"]


def test_pages_are_full_whatever_is_damaged_and_hold_everything_else_once(world: World) -> None:
    ann = world.sign_up("ann")
    ids = [ann.post(str(number))["id"] for number in range(9)]
    for number in (0, 3, 4, 5, 8):
        damage_status(ids[number], {"text": None})
    pages = []
    url: str | None = "/accounts/ann/story/?page_size=2"
    while url:
        answer = ann.client.get(url).data
        pages.append([status["text"] for status in answer["results"]])
        url = answer["next"]
    assert pages == [["7", "6"], ["2", "1"]]


@each_damaged_status
def test_a_damaged_status_is_not_there_and_who_runs_the_system_is_told(
    world: World, attributes: dict[str, Any]
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    status = ann.post("hello")
    world.deliver()
    damage_status(status["id"], attributes)
    path = f"/statuses/{status['id']}/"
    with recorded_metrics() as metrics, recorded_lines(logging.ERROR) as lines:
        assert ann.client.get(path).status_code == 404
        assert ann.client.get(f"{path}delivery/").status_code == 404
        assert bob.client.delete(path).status_code == 404
    assert len([line for line in lines if "damaged item" in line["message"]]) == 3
    assert metrics.values(Metric.DAMAGED_ITEMS) == [1, 1, 1]


@each_damaged_status
def test_its_author_can_delete_a_damaged_status(world: World, attributes: dict[str, Any]) -> None:
    ann = world.sign_up("ann")
    path = f"/statuses/{ann.post('hello')['id']}/"
    damage_status(path.split("/")[2], attributes)
    assert ann.client.delete(path).status_code == 204
    assert ann.client.delete(path).status_code == 404
    assert ann.account()["statuses_count"] == 0
    assert items("statuses") == []


def test_the_key_of_a_damaged_status_or_of_a_damaged_receipt_posts_nothing_again(
    world: World,
) -> None:
    ann = world.sign_up("ann")
    with_key: dict[str, Any] = {"data": {"text": "hello"}, "HTTP_IDEMPOTENCY_KEY": "k"}
    status_id = ann.client.post("/statuses/", **with_key).data["id"]
    (receipt,) = items("receipts")
    damage_status(status_id, {"text": None})
    for attributes in ({}, {"status_id": None}, {"text_hash": {"N": "1"}}):
        damage("receipts", {"receipt_id": receipt["receipt_id"]["S"]}, attributes)
        again = ann.client.post("/statuses/", **with_key)
        assert (again.status_code, again.data["errors"][0]["code"]) == (
            409,
            "idempotency_key_reused",
        )
    assert ann.account()["statuses_count"] == 1


@pytest.mark.parametrize("attributes", ACCOUNTS.values(), ids=ACCOUNTS.keys())
def test_a_damaged_account_is_left_out_where_others_stand_beside_it(
    world: World, attributes: dict[str, Any]
) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    for followee in (ann, bob):
        cid.follow(followee)
        followee.follow(cid)
        followee.post(f"from {followee.alias}")
    world.deliver()
    damage("accounts", {"account_id": "ann"}, attributes)
    assert cid.feed() == ["from bob"]
    assert [each["alias"] for each in cid.walk("/accounts/cid/followers/")] == ["bob"]
    assert [each["alias"] for each in cid.walk("/accounts/cid/following/")] == ["bob"]
    mentions = cid.post("hello @ann and @bob")["mentions"]
    assert [mention["alias"] for mention in mentions] == ["bob"]


@pytest.mark.parametrize(("owner", "member"), [("ann#followers", "bob"), ("bob#following", "ann")])
def test_a_damaged_follow_is_shown_to_both_and_can_be_taken_back(
    world: World, owner: str, member: str
) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    damage("follows", {"roster": owner, "member": member}, {"since": {"N": "1"}})
    path = "/accounts/ann/relationship/"
    assert bob.client.get(path).data["following"] is True
    assert ann.client.get("/accounts/bob/relationship/").data["followed_by"] is True
    assert bob.client.post("/accounts/ann/follow/").status_code == 409
    assert bob.client.delete("/accounts/ann/follow/").status_code == 204
    assert bob.client.get(path).data["following"] is False


@pytest.mark.parametrize("attributes", ACCOUNTS.values(), ids=ACCOUNTS.keys())
def test_nobody_is_let_into_a_damaged_account_nor_given_its_alias(
    world: World, attributes: dict[str, Any]
) -> None:
    ann = world.sign_up("ann")
    status = ann.post("hello")
    damage("accounts", {"account_id": "ann"}, attributes)
    assert ann.client.get("/feed/").status_code == 401
    for path in ("/accounts/ann/", "/accounts/ann/story/", f"/statuses/{status['id']}/"):
        assert world.anonymous.get(path).status_code == 404
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD}
    assert world.anonymous.post("/sessions/", fields).status_code == 401
    assert world.anonymous.post("/accounts/", fields).status_code == 409


@pytest.mark.parametrize(
    "attributes",
    [{"expires_at": None}, {"used_at": {"S": "x"}}, {"expires_at": {"N": "9" * 30}}],
)
def test_a_damaged_session_is_over_and_spoils_no_list(
    world: World, attributes: dict[str, Any]
) -> None:
    ann = world.sign_up("ann")
    (session,) = items("sessions")
    again = world.sign_in("ann")
    key = {name: session[name]["S"] for name in ("account_id", "token_hash")}
    damage("sessions", key, attributes)
    assert ann.client.get("/feed/").status_code == 401
    assert len(again.client.get("/accounts/me/export/").data["sessions"]) == 1


@pytest.mark.parametrize("attributes", [{"expires_at": None}, {"expires_at": {"S": "x"}}])
def test_who_comes_from_a_known_address_that_is_damaged_can_sign_in(
    world: World, attributes: dict[str, Any]
) -> None:
    world.sign_up("ann")
    (known,) = (each for each in items("attempts") if each["subject"]["S"].startswith("known"))
    damage("attempts", {"subject": known["subject"]["S"]}, attributes)
    world.sign_in("ann")


def test_what_a_damaged_item_holds_is_not_logged(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    damage("accounts", {"account_id": "ann"}, {"followers_count": None, "name": {"S": "N4ME"}})
    with recorded_lines() as lines:
        assert list(bob.walk("/accounts/bob/following/")) == []
    assert "damaged item" in repr(lines)
    assert "N4ME" not in repr(lines)
    assert "argon2" not in repr(lines)
