"""What every store of the budget must do: one change after the other, and no damage for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feeds.budget import Budget, Trial
from feeds.dao import DynamoBudgetStore, DynamoWriteCapacity
from feeds.interfaces import BudgetStore
from feeds.pacing import Pacer
from tests.contract.sent_again import sent_again
from tests.feeds.fakes import FakeCapacity
from tweeter import aws as aws_clients
from tweeter.config import get_config
from tweeter.store import Outdated

NOW = 1_800_000_000.25
BUDGET = Budget(
    given_until=NOW,
    peak_until=NOW + 0.000001,
    saved=123.456,
    trusted=True,
    trial=Trial("0" * 32, 7, NOW + 10),
    next_turns_at=NOW + 2,
    open_to_small=False,
    rate=100.0,
)
HEALTHY: dict[str, Any] = {
    "resource": {"S": "test"},
    "revision": {"N": "5"},
    "given_until": {"N": "1800000000250000"},
    "saved": {"N": "70"},
}

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def store() -> BudgetStore:
    return DynamoBudgetStore("test")


def put(item: dict[str, Any]) -> None:
    table = get_config().table_name("budgets")
    aws_clients.client("dynamodb").put_item(TableName=table, Item=item)


def test_there_is_no_budget_before_the_first(store: BudgetStore) -> None:
    assert store.find()[0] is None


@pytest.mark.parametrize("budget", [BUDGET, Budget()], ids=["in use", "idle"])
def test_a_budget_is_found_as_it_was_put(store: BudgetStore, budget: Budget) -> None:
    store.replace(budget, store.find()[1])
    assert store.find()[0] == budget


def test_a_trial_that_is_over_is_not_found_again(store: BudgetStore) -> None:
    store.replace(BUDGET, store.find()[1])
    store.replace(replace(BUDGET, trial=None), store.find()[1])
    assert store.find()[0] == replace(BUDGET, trial=None)


def test_each_change_makes_the_one_before_outdated(store: BudgetStore) -> None:
    store.replace(BUDGET, store.find()[1])
    _, revision = store.find()
    store.replace(replace(BUDGET, saved=50), revision)
    with pytest.raises(Outdated):
        store.replace(replace(BUDGET, saved=99), revision)
    found, _ = store.find()
    assert found is not None
    assert found.saved == 50


def test_of_two_first_budgets_one_is_refused(store: BudgetStore) -> None:
    _, mine = store.find()
    _, other = store.find()
    store.replace(BUDGET, other)
    with pytest.raises(Outdated):
        store.replace(Budget(), mine)
    assert store.find()[0] == BUDGET


def test_budgets_of_different_resources_are_apart(store: BudgetStore) -> None:
    store.replace(BUDGET, store.find()[1])
    assert DynamoBudgetStore("other").find()[0] is None


@pytest.mark.parametrize(
    "damage",
    [
        {"given_until": {"S": "soon"}},
        {"given_until": {"N": "-5"}},
        {"given_until": {"N": "9" * 30}},
        {"given_until": {"NULL": True}},
        {"saved": {"S": "plenty"}},
        {"saved": {"N": "-1"}},
        {"saved": {"M": {}}},
        {"trusted": {"S": "yes"}},
        {"open_to_small": {"N": "1"}},
        {"trial_status_id": {"N": "1"}},
        {"trial_status_id": {"S": "s"}, "trial_chunk": {"S": "first"}},
        {"next_turns_at": {"L": []}},
        {"revision": {"S": "last"}},
        {"revision": {"N": "0"}},
        {"revision": {"N": "1.5"}},
        {"revision": {"N": "-7"}},
        {"revision": {"NULL": True}},
        {"an_attribute_of_old": {"S": "?"}},
    ],
    ids=str,
)
def test_a_damaged_budget_is_found_and_mended_by_the_next_change(
    store: BudgetStore, damage: dict[str, Any]
) -> None:
    put(HEALTHY | damage)
    pacer = Pacer(store=store, capacity=DynamoWriteCapacity(), seconds_now=lambda: NOW)
    pacer.change(lambda _: BUDGET)
    assert store.find()[0] == BUDGET
    with pytest.raises(Outdated):
        store.replace(Budget(), store.find()[1] - 1)


def test_a_budget_without_a_revision_is_mended_by_the_next_change(store: BudgetStore) -> None:
    put({name: value for name, value in HEALTHY.items() if name != "revision"})
    store.replace(BUDGET, store.find()[1])
    assert store.find()[0] == BUDGET


def test_a_budget_of_nothing_but_its_key_is_mended_by_the_next_change(store: BudgetStore) -> None:
    put({"resource": {"S": "test"}})
    store.replace(BUDGET, store.find()[1])
    assert store.find()[0] == BUDGET


def test_a_change_whose_answer_was_lost_is_nobody_elses(store: BudgetStore) -> None:
    for budget in (BUDGET, replace(BUDGET, saved=50)):
        with sent_again("dynamodb", "PutItem", table="budgets"):
            store.replace(budget, store.find()[1])
        assert store.find()[0] == budget


def test_a_change_that_comes_too_late_is_outdated_however_often_it_is_sent(
    store: BudgetStore,
) -> None:
    _, revision = store.find()
    store.replace(BUDGET, revision)
    with sent_again("dynamodb", "PutItem", table="budgets"), pytest.raises(Outdated):
        store.replace(BUDGET, revision)


def test_what_is_given_away_is_charged_once_though_the_answer_was_lost(store: BudgetStore) -> None:
    pacer = Pacer(store=store, capacity=FakeCapacity(100), seconds_now=lambda: NOW)
    pacer.change(lambda _: Budget(given_until=NOW + 3.5))
    with sent_again("dynamodb", "PutItem", table="budgets"):
        assert pacer.reserve_soon(100) == pytest.approx(4.5)
    assert pacer.budget()[0].given_until == pytest.approx(NOW + 4.5)


def test_a_refusal_is_noted_once_though_the_answer_was_lost(store: BudgetStore) -> None:
    pacer = Pacer(store=store, capacity=FakeCapacity(100), seconds_now=lambda: NOW)
    pacer.change(lambda _: Budget(given_until=NOW, saved=30_000, trusted=True))
    with sent_again("dynamodb", "PutItem", table="budgets"):
        pacer.reserve_again(100)
    assert pacer.budget()[0].saved == pytest.approx(27_000 - 100)
