"""What every store of counters must do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.dao import DynamoAttemptDao
from tests.contract.at_once import at_once
from tests.faults import handling
from tweeter.limits import AttemptDao

UNTIL = datetime(2126, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def attempts(aws: None) -> AttemptDao:
    return DynamoAttemptDao()


def test_attempts_are_counted_up_to_the_limit_and_no_further(attempts: AttemptDao) -> None:
    assert [attempts.count("x", 3, UNTIL) for _ in range(5)] == [1, 2, 3, None, None]
    assert attempts.count("y", 3, UNTIL) == 1
    assert attempts.count("x", 4, UNTIL) == 4, "the refused ones were not counted"


def test_one_that_is_given_back_may_be_taken_again(attempts: AttemptDao) -> None:
    attempts.count("x", 1, UNTIL)
    attempts.give_back("x")
    assert [attempts.count("x", 1, UNTIL) for _ in range(2)] == [1, None]


def test_nothing_is_given_back_of_nothing(attempts: AttemptDao) -> None:
    attempts.give_back("x")
    attempts.count("x", 1, UNTIL)
    attempts.give_back("x")
    attempts.give_back("x")
    assert [attempts.count("x", 1, UNTIL) for _ in range(2)] == [1, None]


def test_a_counter_that_is_cleared_begins_anew(attempts: AttemptDao) -> None:
    attempts.clear("x")
    attempts.count("x", 1, UNTIL)
    attempts.clear("x")
    assert attempts.count("x", 1, UNTIL) == 1


def test_what_is_remembered_is_remembered_until_then(attempts: AttemptDao) -> None:
    assert attempts.remembered_until("x") is None
    attempts.remember("x", UNTIL)
    attempts.remember("x", UNTIL + timedelta(days=1))
    assert attempts.remembered_until("x") == UNTIL + timedelta(days=1)


def test_each_item_says_when_it_may_go(attempts: AttemptDao) -> None:
    attempts.count("counter", 5, UNTIL)
    attempts.count("counter", 5, UNTIL)
    attempts.remember("address", UNTIL)
    for key in ("counter", "address"):
        assert attempts.remembered_until(key) == UNTIL


def test_fifty_at_the_same_time_are_fifty(aws_over_http: None) -> None:
    attempts = DynamoAttemptDao()
    counts = at_once([lambda: attempts.count("x", 100, UNTIL)] * 50)
    assert sorted(counts) == list(range(1, 51))


def test_of_fifty_at_the_same_time_no_more_than_the_limit_are_counted(aws_over_http: None) -> None:
    attempts = DynamoAttemptDao()
    counts = at_once([lambda: attempts.count("x", 20, UNTIL)] * 50)
    assert [count for count in counts if count is None] == [None] * 30
    assert sorted(count for count in counts if count) == list(range(1, 21))


def test_a_count_whose_answer_was_lost_counts_twice_at_most_and_never_less_than_once(
    attempts: AttemptDao,
) -> None:
    with answered_as_unavailable():
        assert attempts.count("x", 5, UNTIL) == 2


def test_one_is_given_back_once_even_when_the_answer_was_lost(attempts: AttemptDao) -> None:
    for _ in range(3):
        attempts.count("x", 5, UNTIL)
    with answered_as_unavailable():
        attempts.give_back("x")
    assert attempts.count("x", 5, UNTIL) == 3


@contextmanager
def answered_as_unavailable() -> Iterator[None]:
    """Let an update be applied, and have its answer read as one after which it is sent again."""
    lost: list[str] = []

    def lose(response_dict: dict[str, Any], **_: object) -> None:
        if not lost:
            lost.append("it")
            response_dict.update(status_code=500, body=b'{"__type": "ThrottlingException"}')

    with handling("dynamodb", "before-parse.dynamodb.UpdateItem", lose):
        yield
