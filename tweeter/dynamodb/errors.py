"""What may be wrong with a call or an item, and what becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pynamodb.exceptions import PynamoDBException

from tweeter import aws
from tweeter.dynamodb.tables import Key

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
T = TypeVar("T")


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn a DynamoDB that is away or throttles into Unavailable; let the rest pass."""
    with aws.away_as_unavailable():
        yield


def condition_failed(error: PynamoDBException) -> bool:
    """Tell whether a single write was refused by its condition."""
    return aws.error_code(error) == "ConditionalCheckFailedException"


def unless_damaged(read: Callable[[Item], T | None], item: Item, key: Key) -> T | None:
    """Return what an item says; None, and a line in the log, where it can't be made out.

    For items that are looked up along with others, which it shall not spoil: somebody's status in
    ten thousand feeds. The line names the partition alone: a sort key may be the hash of a token.
    """
    try:
        return read(item)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        logger.exception("left out a damaged item, in the partition %s", key[0])
        return None
