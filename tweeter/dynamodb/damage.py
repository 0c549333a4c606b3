"""Items that cannot be made out: each is told of, and left out where it would spoil others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tweeter import metrics
from tweeter.metrics import Metric
from tweeter.store import Damaged

if TYPE_CHECKING:
    from tweeter.dynamodb.tables import Key, Table

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
M = TypeVar("M", bound="Table")
T = TypeVar("T")


def made_out(read: Callable[[Item], T], item: Item, key: Key) -> T:
    """Return what an item says. Where that can't be made out: Damaged, a line in the log, and one
    more in the metric that has an alarm.

    The line names the partition alone: a sort key may be the hash of a token.
    """
    try:
        return read(item)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        logger.exception("came upon a damaged item, in the partition %s", key[0])
        metrics.add(Metric.DAMAGED_ITEMS, 1)
        raise Damaged from error


def unless_damaged(read: Callable[[Item], T | None], item: Item, key: Key) -> T | None:
    """Return what an item says, None where it can't be made out.

    For items that are looked up along with others, which it shall not spoil: somebody's status in
    ten thousand feeds.
    """
    try:
        return made_out(read, item, key)
    except Damaged:
        return None


def undamaged(
    items: Iterable[M], read: Callable[[M], T | None], size: int | None = None
) -> Sequence[T]:
    """Return what the first `size` items of a query say that can be made out; all, without a size.

    Reading goes on behind those that are damaged, so that fewer are returned only where none are
    left. What `read` gives None for is left out, too. Give the query itself a page size, not a
    limit.
    """
    return list(islice(_undamaged(iter(items), read), size))


def _undamaged(items: Iterator[M], read: Callable[[M], T | None]) -> Iterator[T]:
    while True:
        try:
            item = next(items)  # what DynamoDB sent becomes an item only here
        except StopIteration:
            return
        except Damaged:
            continue
        found = unless_damaged(read, item, item.key())
        if found is not None:
            yield found


def whole(item: M) -> M:
    """Return an item; ValueError where something is missing that each one has."""
    for name, attribute in type(item).get_attributes().items():
        if not attribute.null and name not in item.attribute_values:
            message = f"{name} is missing"
            raise ValueError(message)
    return item
