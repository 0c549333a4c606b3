"""Answers show what the contract names, and nothing else that is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lists import assert_whole
from tests.world import PASSWORD, World, avatar
from tweeter import aws
from tweeter.config import get_config

ACCOUNT = {
    "alias",
    "name",
    "avatar_url",
    "followers_count",
    "following_count",
    "statuses_count",
    "created_at",
    "url",
}
STATUS = {"id", "text", "created_at", "url", "author", "mentions", "links"}
AUTHOR = {"alias", "name", "avatar_url"}
SESSION = {"token", "expires_at", "account"}
PAGE = {"next", "previous", "results"}
OTHERS = {"start", "end", "following", "followed_by", "state", "followers", "delivered"} | {
    "started_at",
    "finished_at",
}


def names(value: Any) -> Iterator[str]:
    """Yield the name of every field, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


def test_no_answer_has_a_field_that_the_contract_does_not_name(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    status = ann.post("hello @bob https://example.org/")
    world.deliver()
    sign_in = world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
    paths = [
        "/accounts/ann/",
        "/accounts/me/",
        "/accounts/ann/followers/",
        "/accounts/bob/following/",
    ]
    paths += ["/accounts/ann/story/", "/accounts/ann/relationship/", "/sessions/current/", "/feed/"]
    paths += [f"/statuses/{status['id']}/"]
    answers = [bob.client.get(path) for path in paths]
    answers += [sign_in, ann.client.get(f"/statuses/{status['id']}/delivery/")]
    assert {answer.status_code for answer in answers} == {200, 201}
    shown = {name for answer in answers for name in names(json.loads(answer.content))}
    allowed = ACCOUNT | STATUS | AUTHOR | SESSION | PAGE | OTHERS
    assert_whole(
        allowed, shown, "ACCOUNT, STATUS... in tests/security/test_exposure.py, if it is public"
    )
    assert "token" not in {name for answer in answers[:-2] for name in names(answer.json())}


def test_a_list_shows_of_an_account_what_the_account_itself_does(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    (listed,) = ann.walk("/accounts/ann/followers/")
    assert_whole(ACCOUNT, listed, "ACCOUNT in tests/security/test_exposure.py")
    assert listed == world.anonymous.get("/accounts/bob/").json()


def test_a_picture_is_open_to_who_knows_its_address_and_none_can_be_listed(world: World) -> None:
    ann = world.sign_up("ann")
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")})
    policy = aws.client("s3").get_bucket_policy(Bucket=get_config().picture_bucket)["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Action"] == "s3:GetObject"
    name = ann.account()["avatar_url"].rpartition("/")[2]
    assert len(name.removesuffix(".webp")) >= 64
    assert "ann" not in name
