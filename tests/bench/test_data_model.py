"""docs/data-model.md says what the models are, what items weigh, and what each access costs."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.dao import accounts as accounts_dao
from accounts.dao import attempts, bulk, counts, follows, sessions
from accounts.entities import AccountId, AccountRemoval, PictureCheck
from bench.capacity.sizes import item_bytes, write_units
from bench.data_model.document import PATH, UnknownSection, meanings_of, renewed
from bench.data_model.examples import AT, LARGEST, STATUS_ID, TAG, USUAL, serialised
from bench.data_model.measuring import PATTERNS, measure_all
from feeds.dao import budget, deliveries, feeds, line
from feeds.entities import Chunk, FanOutJob, TakeTurns
from feeds.messages import encode
from feeds.models import FeedModel, PlanModel, ProgressModel
from statuses import dao as statuses_dao
from statuses.models import StatusModel
from tests.world import World, avatar
from tweeter import aws
from tweeter.dynamodb import Table
from tweeter.tables import all_tables

MODELS = [spec.model for spec in all_tables()]
MESSAGES = [
    FanOutJob(STATUS_ID, AccountId("ann"), AT, "request"),
    TakeTurns(),
    PictureCheck(AccountId("ann"), ("avatars/a.webp",), "request"),
    AccountRemoval(
        account_id=AccountId("ann"),
        story_tag=TAG,
        picture_key=None,
        queued_at=AT,
        request_id="request",
    ),
    Chunk(STATUS_ID, AccountId("ann"), 0, 1, (AccountId("bob"),), "request"),
]
MODULES = [
    accounts_dao,
    attempts,
    budget,
    bulk,
    counts,
    deliveries,
    feeds,
    follows,
    line,
    sessions,
    statuses_dao,
]


@pytest.fixture(scope="module")
def text() -> str:
    return PATH.read_text(encoding="utf-8")


def units(text: str, method: str, purpose: str) -> tuple[float, float]:
    """Return the RCU and WCU of an access, over all tables, by what the document says."""
    row = rf"^\| {purpose} \| `{method}` \| ([\d.]*) \| ([\d.]*) \|"
    found = re.findall(row, text, re.MULTILINE)
    assert found
    return sum(float(read or 0) for read, _ in found), sum(float(write or 0) for _, write in found)


def stored_items(model: type[Table]) -> Iterator[dict[str, Any]]:
    """Yield everything that is in a table."""
    yield from aws.client("dynamodb").scan(TableName=model.Meta.table_name)["Items"]


def test_the_document_is_what_models_and_measurements_make(text: str) -> None:
    measured = measure_all()
    assert [each.pattern for each in measured if not each.costs] == []
    assert renewed(text, measured) == text, "`make data-model` renews docs/data-model.md"


def test_the_list_of_tables_is_whole(text: str) -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(#\1\) \|", text, re.MULTILINE)
    assert listed == [spec.short_name for spec in all_tables()]


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_have_the_fields_that_are_shown(text: str, message: Any) -> None:
    encoded = json.loads(encode(message))
    queue = "feed" if isinstance(message, Chunk) else "fan-out"
    kind = f"`{encoded['kind']}`" if "kind" in encoded else "(?:none, or `fan_out`)?"
    [shown] = re.findall(rf"^\| `{queue}` \| ?{kind} \| `(.+?)` \|", text, re.MULTILINE)
    assert set(re.findall(r'"(\w+)"', shown)) == encoded.keys()


def test_a_table_without_a_section_is_noticed() -> None:
    with pytest.raises(UnknownSection, match="marked are"):
        renewed("<!-- made: accounts -->\n<!-- end -->", [])


@pytest.mark.parametrize("model", MODELS)
def test_each_attribute_has_a_sentence_and_stands_in_the_examples(model: type[Table]) -> None:
    attributes = model.get_attributes()
    assert meanings_of(model).keys() == attributes.keys()
    assert serialised(LARGEST[model]).keys() == attributes.keys()
    assert serialised(USUAL[model]).keys() <= attributes.keys()


def test_each_method_of_each_dao_is_measured() -> None:
    methods = {
        f"{name}.{method}"
        for module in MODULES
        for name, dao in inspect.getmembers(module, inspect.isclass)
        if dao.__module__ == module.__name__ and name.startswith("Dynamo")
        for method, _ in inspect.getmembers(dao, inspect.isfunction)
        if not method.startswith("_")
    }
    assert {pattern.method for pattern in PATTERNS} == methods


def test_units_are_those_of_the_rules(text: str) -> None:
    # A follow: two items, each on its table and its index, and two counts; all of it double.
    assert units(text, "DynamoFollowDao.add", "following") == (0, 2 * (2 * 2 + 2))
    # A post: the status and its author, double.
    assert units(text, "DynamoStatusDao.put", "a post") == (0, 2 * 2)
    # One unit for each of 25 entries; 21 of them fit into 4 KB, at half the price.
    assert units(text, "DynamoFeedDao.put", "one status into 25 feeds") == (0, 25)
    assert units(text, "DynamoFeedDao.page", "a page of 20") == (0.5, 0)


@pytest.mark.parametrize("model", [model for model in MODELS if model is not StatusModel])
def test_items_cost_one_unit_to_write_whatever_is_in_them(model: type[Table]) -> None:
    assert write_units(serialised(LARGEST[model])) == 1


def test_nothing_is_stored_that_the_examples_do_not_show(world: World) -> None:
    ann = world.sign_up("w" * 30, "\N{GRINNING FACE}" * 80)
    bob, cat = world.people("bob", "c")
    for follower in (bob, cat):
        follower.follow(ann)
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")}, format="json")
    mentions = ("@c\N{GRINNING FACE}" * 280)[:280]
    ann.client.post("/statuses/", {"text": mentions}, HTTP_IDEMPOTENCY_KEY="once")
    world.deliver()
    cat.unfollow(ann)
    bob.client.delete("/accounts/me/", {"password": "a horse, correct"})
    seen = {model: list(stored_items(model)) for model in MODELS}
    assert [model for model in MODELS if not seen[model]] == [PlanModel]
    for model, items in seen.items():
        largest = serialised(LARGEST[model])
        for item in items:
            assert item.keys() <= largest.keys()
            assert item_bytes(item) <= item_bytes(largest)


def test_a_progress_item_is_below_a_kilobyte_and_a_feed_entry_far_below() -> None:
    assert item_bytes(serialised(LARGEST[ProgressModel])) < 1_024
    assert item_bytes(serialised(LARGEST[FeedModel])) < 256
