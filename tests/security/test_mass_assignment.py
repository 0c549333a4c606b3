"""Fields that a client may not set have no effect, however they are sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.stored import items
from tests.world import PASSWORD, World

FORMATS = ["json", "multipart"]
HOSTILE: dict[str, Any] = {
    "id": "bob",
    "account_id": "bob",
    "followers_count": 1_000_000,
    "following_count": -1,
    "statuses_count": 7,
    "credentials_version": 99,
    "password_hash": "argon2$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA",
    "picture_key": "avatars/of-bob.webp",
    "avatar_url": "https://example.org/bob.webp",
    "story_tag": "0" * 16,
    "last_status_id": "f" * 32,
    "created_at": "1970-01-01T00:00:00Z",
    "is_admin": "true",
    "is_staff": "true",
    "url": "https://example.org/",
    "token": "ann." + "A" * 43,
    "expires_at": "2999-01-01T00:00:00Z",
}
OF_A_STATUS: dict[str, Any] = {
    "id": "f" * 32,
    "status_id": "f" * 32,
    "author": "bob",
    "author_id": "bob",
    "created_at": "2999-01-01T00:00:00Z",
    "followers": 10_000,
    "mentions": "[]",
    "links": "[]",
    "story_tag": "0" * 16,
    "idempotency_key": "mine",
}


def attributes(item: dict[str, Any], but: set[str]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in but}


@pytest.mark.parametrize("encoding", FORMATS)
def test_who_signs_up_begins_with_nothing(world: World, encoding: str) -> None:
    fields = HOSTILE | {"alias": "Ann", "name": "Ann", "password": PASSWORD}
    answer = world.anonymous.post("/accounts/", fields, format=encoding)
    assert answer.status_code == 201
    assert answer.data["token"] != HOSTILE["token"]
    (item,) = items("accounts")
    assert item["account_id"] == {"S": "ann"}
    assert item["credentials_version"] == {"N": "1"}
    counts = ("followers_count", "following_count", "statuses_count")
    assert [item[count] for count in counts] == [{"N": "0"}] * 3
    assert item["last_status_id"] == {"S": ""}
    assert not {"picture_key", "is_admin", "is_staff", "url", "token", "id"} & set(item)
    sent = {str(value) for value in HOSTILE.values()}
    stored = {value for typed in item.values() for value in typed.values()}
    assert not sent & stored


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_change_of_a_profile_changes_nothing_else(world: World, encoding: str) -> None:
    ann, _ = world.people("ann", "bob")
    before = items("accounts")
    fields = HOSTILE | {"alias": "bob", "name": "Anna"}
    answer = ann.client.patch("/accounts/me/", fields, format=encoding)
    assert answer.status_code == 200
    assert answer.data["name"] == "Anna"
    after = items("accounts")
    assert [attributes(item, {"name"}) for item in after] == [
        attributes(item, {"name"}) for item in before
    ]
    assert sorted(item["name"]["S"] for item in after) == ["Anna", "Bob"]


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_password_is_not_changed_by_other_names_for_it(world: World, encoding: str) -> None:
    ann = world.sign_up("ann")
    before = items("accounts")
    fields = {"new_password": "another horse, correct", "current_password": PASSWORD}
    assert ann.client.patch("/accounts/me/", fields, format=encoding).status_code == 200
    assert items("accounts") == before


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_status_is_its_authors_and_of_its_moment(world: World, encoding: str) -> None:
    ann, bob = world.people("ann", "bob")
    fields = OF_A_STATUS | {"text": "hello"}
    answer = ann.client.post("/statuses/", fields, format=encoding)
    assert answer.status_code == 201
    assert answer.data["author"]["alias"] == "ann"
    assert answer.data["id"] != OF_A_STATUS["id"]
    (item,) = items("statuses")
    assert item["author_id"] == {"S": "ann"}
    assert item["followers"] == {"N": "0"}
    assert not answer.data["created_at"].startswith("2999")
    assert items("receipts") == []
    assert list(bob.walk("/accounts/bob/story/")) == []


@pytest.mark.parametrize("encoding", FORMATS)
def test_nobody_follows_or_unfollows_for_somebody_else(world: World, encoding: str) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    cid.follow(ann)
    as_cid = {"follower": "cid", "account_id": "cid", "alias": "cid", "caller": "cid"}
    assert bob.client.post("/accounts/ann/follow/", as_cid, format=encoding).status_code == 201
    assert bob.client.delete("/accounts/ann/follow/", as_cid, format=encoding).status_code == 204
    assert [each["alias"] for each in ann.walk("/accounts/ann/followers/")] == ["cid"]


def test_fields_of_the_query_are_none_of_the_body(world: World) -> None:
    ann = world.sign_up("ann")
    assert ann.client.post("/statuses/?text=hello").status_code == 400
    before = items("accounts")
    assert ann.client.patch("/accounts/me/?name=Anna").status_code == 200
    assert items("accounts") == before


@pytest.mark.parametrize("name", ["name[$ne]", "name__gt", "__proto__", "#name", ":name"])
def test_names_that_mean_something_to_other_stores_mean_nothing(world: World, name: str) -> None:
    ann = world.sign_up("ann")
    before = items("accounts")
    assert ann.client.patch("/accounts/me/", {name: "x"}).status_code == 200
    assert items("accounts") == before
