"""What comes back from DynamoDB is not believed blindly: a damaged item spoils no others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.log_lines import recorded_lines
from tests.world import World
from tweeter import aws
from tweeter.config import get_config

STATUSES: dict[str, dict[str, Any]] = {
    "without mentions": {"mentions": None},
    "with a mention of nothing": {"mentions": {"L": [{"M": {}}]}},
    "with a number for links": {"links": {"N": "1"}},
    "with a word for a number": {"followers": {"S": "x"}},
}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "without a count": {"followers_count": None},
    "without its beginning": {"created_at": None},
    "from the end of days": {"created_at": {"N": "9" * 30}},
    "with a word for a number": {"statuses_count": {"S": "x"}},
}


def damage(table: str, key: dict[str, str], attributes: dict[str, Any]) -> None:
    """Set attributes of an item as DynamoDB keeps them, or take away those that are None."""
    aws.client("dynamodb").update_item(
        TableName=get_config().table_name(table),
        Key={name: {"S": value} for name, value in key.items()},
        AttributeUpdates={
            name: {"Action": "DELETE"} if value is None else {"Action": "PUT", "Value": value}
            for name, value in attributes.items()
        },
    )


@pytest.mark.parametrize("attributes", STATUSES.values(), ids=STATUSES.keys())
def test_a_damaged_status_is_left_out_of_feeds(world: World, attributes: dict[str, Any]) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    ids = [ann.post(text)["id"] for text in ("first", "second", "third")]
    world.deliver()
    damage("statuses", {"story_tag": ids[1][16:], "status_id": ids[1]}, attributes)
    with recorded_lines() as lines:
        assert bob.feed() == ["third", "first"]
    assert "damaged item" in repr(lines)
    assert world.anonymous.get(f"/statuses/{ids[0]}/").status_code == 200


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


def test_what_a_damaged_item_holds_is_not_logged(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    bob.follow(ann)
    damage("accounts", {"account_id": "ann"}, {"followers_count": None, "name": {"S": "N4ME"}})
    with recorded_lines() as lines:
        assert list(bob.walk("/accounts/bob/following/")) == []
    assert "damaged item" in repr(lines)
    assert "N4ME" not in repr(lines)
    assert "argon2" not in repr(lines)
