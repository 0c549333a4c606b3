"""docs/data-model.md says what the models are, what items weigh, and what each access costs."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import accounts.dao
import feeds.dao
import statuses.dao
from accounts.entities import AccountId, AccountRemoval, PictureCheck
from accounts.models import AccountModel
from bench.capacity.sizes import item_bytes, write_units
from bench.data_model.document import PATH, UnknownSection, meanings_of, renewed
from bench.data_model.examples import AT, LARGEST, STATUS_ID, TAG, USUAL, largest_stored, serialised
from bench.data_model.measuring import PATTERNS, measure_all
from feeds.entities import Chunk, FanOutJob, TakeTurns
from feeds.messages import encode
from feeds.models import FeedModel, PlanModel, ProgressModel
from statuses.models import StatusModel
from tests.lists import assert_whole
from tests.world import World, avatar
from tweeter import aws, wiring
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
EXAMPLES = "bench/data_model/examples.py"
MAY_BE_A_MOMENT_OLD = {
    "DynamoFeedDao.page",
    "DynamoDeliveryDao.is_finished",
}
"""Reads at half the price: entries arrive when they arrive, and what is not seen yet is looked for
again. All others promise strongly consistent data (accounts/interfaces.py)."""
ASKS_FOR_NO_ITEM = {"DynamoWriteCapacity.units"}


def stores() -> Iterator[tuple[str, type]]:
    """Yield every class that stands before a table, with its name."""
    modules: list[ModuleType] = [statuses.dao]
    for package in (accounts.dao, feeds.dao):
        names = [each.name for each in pkgutil.iter_modules(package.__path__)]
        modules += [import_module(f"{package.__name__}.{name}") for name in names]
    for module in modules:
        for name, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__ == module.__name__ and name.startswith("Dynamo"):
                yield name, each


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


def test_all_reads_but_these_are_strongly_consistent(text: str) -> None:
    assert set(re.findall(r"`([\w.]+)` \|[^|]*\|[^|]*\|[^|\n]*½", text)) == MAY_BE_A_MOMENT_OLD


def test_the_list_of_tables_is_whole(text: str) -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(#\1\) \|", text, re.MULTILINE)
    names = [spec.short_name for spec in all_tables()]
    assert_whole(listed, names, "the list of tables in docs/data-model.md")
    assert listed == names


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_have_the_fields_that_are_shown(text: str, message: Any) -> None:
    encoded = json.loads(encode(message))
    queue = "feed" if isinstance(message, Chunk) else "fan-out"
    kind = f"`{encoded['kind']}`" if "kind" in encoded else "(?:none, or `fan_out`)?"
    [shown] = re.findall(rf"^\| `{queue}` \| ?{kind} \| `(.+?)` \|", text, re.MULTILINE)
    assert set(re.findall(r'"(\w+)"', shown)) == encoded.keys()


def test_the_kinds_of_attempts_are_those_that_are_wired(text: str) -> None:
    [listed] = re.findall(r"\bKinds: (.+?)\. ", text, re.DOTALL)
    wired = {
        kind
        for path in Path(wiring.__path__[0]).glob("*.py")
        for kind in re.findall(r'\b[Ll]imit\("([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    counted = wired - {"post"}  # which is counted in the account's item
    named = re.findall(r"`([a-z-]+)`", listed)
    assert_whole(named, counted | {"known-address"}, "the kinds of attempts in docs/data-model.md")


def test_a_table_without_a_section_is_noticed() -> None:
    with pytest.raises(UnknownSection, match="there must be some for"):
        renewed("<!-- made: accounts -->\n<!-- end -->", [])


@pytest.mark.parametrize("examples", [USUAL, LARGEST], ids=["USUAL", "LARGEST"])
def test_each_table_stands_in_the_examples(examples: dict[type[Table], Table]) -> None:
    shown = [model.__name__ for model in examples]
    there = [model.__name__ for model in MODELS]
    assert_whole(shown, there, f"USUAL and LARGEST in {EXAMPLES}")


@pytest.mark.parametrize("model", MODELS)
def test_each_attribute_has_a_sentence_and_stands_in_the_examples(model: type[Table]) -> None:
    attributes = model.get_attributes()
    meanings = f"the sentences below the attributes of {model.__name__}"
    assert_whole(meanings_of(model), attributes, meanings)
    assert_whole(
        serialised(LARGEST[model]), attributes, f"{model.__name__} of LARGEST in {EXAMPLES}"
    )
    usual = serialised(USUAL[model]).keys()
    assert usual <= attributes.keys()
    if model is AccountModel:
        assert_whole(
            usual | {"closed_at", "expires_at"}, attributes, f"AccountModel of USUAL in {EXAMPLES}"
        )


@pytest.mark.parametrize("model", MODELS)
def test_no_attribute_is_usually_larger_than_its_largest(model: type[Table]) -> None:
    largest = serialised(LARGEST[model])
    for name, value in serialised(USUAL[model]).items():
        assert item_bytes({name: value}) <= item_bytes({name: largest[name]}), name
    assert item_bytes(serialised(USUAL[model])) <= item_bytes(largest_stored(model))


def test_each_method_of_each_dao_is_measured() -> None:
    methods = {
        f"{name}.{method}"
        for name, store in stores()
        for method, _ in inspect.getmembers(store, inspect.isfunction)
        if not method.startswith("_")
    }
    measured = {pattern.method for pattern in PATTERNS} | ASKS_FOR_NO_ITEM
    assert_whole(measured, methods, "bench/data_model/patterns_of_*.py, a Pattern each")


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
    assert model in LARGEST, f"Add {model.__name__} to LARGEST in {EXAMPLES}"
    size = item_bytes(largest_stored(model))
    assert write_units(largest_stored(model)) == 1, (
        f"the largest has {size} bytes: beyond 1,024 every write of it costs twice as much. Bound "
        "it more narrowly, or keep it in a table of its own"
    )


def test_nothing_is_stored_that_the_examples_do_not_show(world: World) -> None:
    ann = world.sign_up("w" * 30, "\N{GRINNING FACE}" * 80)
    bob, cat = world.people("bob", "c")
    for follower in (bob, cat):
        follower.follow(ann)
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")}, format="json")
    mentions = ("@c\N{GRINNING FACE}" * 280)[:280]
    ann.client.post("/statuses/", {"text": mentions}, HTTP_IDEMPOTENCY_KEY="once")
    for text in ("\N{GRINNING FACE}" * 280, "http://" + "\N{DESERET SMALL LETTER LONG I}" * 273):
        ann.client.post("/statuses/", {"text": text})
    world.deliver()
    cat.unfollow(ann)
    bob.client.delete("/accounts/me/", {"password": "a horse, correct"})
    seen = {model: list(stored_items(model)) for model in MODELS}
    unseen = {model.__name__ for model in MODELS if not seen[model]} - {PlanModel.__name__}
    assert not unseen, f"Have this test store an item of each: {', '.join(unseen)}"
    for model, items in seen.items():
        largest, stored = serialised(LARGEST[model]), largest_stored(model)
        for item in items:
            example = f"{model.__name__} of LARGEST in {EXAMPLES}"
            assert item.keys() <= largest.keys(), f"{example} lacks an attribute"
            for key, value in item.items():
                assert item_bytes({key: value}) <= item_bytes({key: largest[key]}), (example, key)
            assert item_bytes(item) <= item_bytes(stored), f"{example} is not the largest"


def test_a_progress_item_is_below_a_kilobyte_and_a_feed_entry_far_below() -> None:
    assert item_bytes(serialised(LARGEST[ProgressModel])) < 1_024
    assert item_bytes(serialised(LARGEST[FeedModel])) < 256
