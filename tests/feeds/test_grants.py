"""How far ahead capacity is given away, and how long it takes until that is looked at again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.entities import AccountId
from feeds.budget import Budget
from feeds.entities import Plan
from feeds.grants import HORIZON, divide

CHUNK = 100
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LARGE = Plan(
    status_id="0" * 32,
    author_id=AccountId("ann"),
    followers=1_000_000,
    promised=False,
    started_at=NOON,
)


@pytest.mark.parametrize("wcu", [10, 33, 50, 80, 100, 1_000])
def test_a_line_is_divided_again_within_two_seconds_and_what_one_chunk_takes(wcu: int) -> None:
    chance = random.Random(wcu)
    now = NOON.timestamp()
    budget = Budget(given_until=now, peak_until=now)
    for _ in range(100):
        budget = replace(budget.at(now, wcu), saved=0.0)
        budget, _ = divide([LARGE], budget, now=now, rate=wcu, chunk=CHUNK)
        assert budget.next_turns_at - now <= HORIZON - 1 + CHUNK / wcu + 1e-6
        assert budget.given_until - now <= HORIZON + CHUNK / wcu + 1e-6
        now = budget.next_turns_at
        of_small_ones = chance.choice([0, chance.randrange(CHUNK)])
        budget = replace(budget, given_until=budget.given_until + of_small_ones / wcu)
