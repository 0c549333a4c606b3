"""What all DAOs share of DynamoDB: one connection, batches, transactions, and error translation."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from botocore.exceptions import ClientError
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from tweeter import aws, deadline
from tweeter.config import get_config
from tweeter.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
M = TypeVar("M", bound="Table")
T = TypeVar("T")
Key = tuple[str, ...]
"""A table's key: the partition key, or the partition and the sort key; all of ours are strings."""

BATCH_GET_LIMIT = 100
"""Keys in one BatchGetItem (AWS: API reference, BatchGetItem)."""
BATCH_WRITE_LIMIT = 25
"""Items in one BatchWriteItem (AWS: API reference, BatchWriteItem)."""

_sharing = threading.Lock()
_CONTENTION_SECONDS = 6.0
"""How long a transaction is tried again while others hold its items, or until the deadline of
whoever asked, if that is earlier; then it is a 503."""
_BATCH_TRIES = 6
_CONDITION_FAILED = "ConditionalCheckFailed"
_IN_PROGRESS = "TransactionInProgressException"
_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class _SharedConnection(Connection):
    """PynamoDB's connection over the process's one client: PynamoDB makes one per model, and each
    costs over 100 ms of a cold start."""

    @property
    def client(self) -> Any:
        return aws.client("dynamodb")


@cache
def connection() -> Connection:
    """Return the connection that all models and transactions use."""
    return _SharedConnection()


class Table(Model):
    """Base of all models: the table's full name comes from the configuration."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        with _sharing:  # several threads may be the first to use a table
            if cls._connection is None:
                own = super()._get_connection()
                shared = connection()
                shared.add_meta_table(own.get_meta_table())
                own.connection = shared
            return super()._get_connection()

    @classmethod
    def schema(cls) -> Mapping[str, Any]:
        """Return the keys and indexes of the table, in the terms of CreateTable."""
        return cls._get_schema()

    @classmethod
    def key_of(cls, item: Mapping[str, Any]) -> Key:
        """Return the key of an item as DynamoDB sends it."""
        return tuple(item[name]["S"] for name in cls.key_names())

    @classmethod
    def key_names(cls) -> Key:
        """Return the names of the key's attributes, the partition key first."""
        names = (cls._hash_keyname, cls._range_keyname)
        return tuple(name for name in names if name is not None)


def table_name(table: str) -> str:
    """Return the full name of a table, for a model's Meta."""
    return get_config().table_name(table)


def client() -> DynamoDBClient:
    """Return the client for the calls that PynamoDB does not make the way we need them."""
    return aws.client("dynamodb")


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn a DynamoDB that is away or throttles into Unavailable; let the rest pass."""
    with aws.away_as_unavailable():
        yield


def condition_failed(error: PynamoDBException) -> bool:
    """Tell whether a single write was refused by its condition."""
    return aws.error_code(error) == "ConditionalCheckFailedException"


class ConditionsFailed(Exception):
    """A transaction was refused by conditions; `failed` has the positions of the refused items.

    They count in DynamoDB's order as PynamoDB sends them: checks, deletes, puts, updates.
    """

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"conditions failed at {sorted(failed)}")
        self.failed = failed


def transact(build: Callable[[TransactWrite], None]) -> None:
    """Commit the transaction that `build` describes, again while others hold its items.

    DynamoDB refuses a transaction at once when another one is under way on any of its items
    (TransactionConflict), so popular items need patience: full jitter, up to 6 s, then
    Unavailable. Raises ConditionsFailed where conditions refuse it.

    An attempt whose answer does not come may still be under way (TransactionInProgress). It is
    asked for again by its own token, by which DynamoDB does it once; `build` must say the same
    each time.
    """
    token = uuid4().hex
    tried_until = time.monotonic() + min(_CONTENTION_SECONDS, deadline.seconds_left())
    with store_errors():
        for pause in backoff(base=0.02, cap=0.5):
            try:
                with TransactWrite(token, connection=connection()) as transaction:
                    build(transaction)
            except TransactWriteError as error:
                _raise_unless_contention(error)
                if aws.error_code(error) != _IN_PROGRESS:
                    token = uuid4().hex
                if time.monotonic() + pause > tried_until:
                    message = "Too many others are changing the same thing; try again shortly."
                    raise Unavailable(message) from error
                time.sleep(pause)
            else:
                return


def _raise_unless_contention(error: TransactWriteError) -> None:
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    failed = frozenset(i for i, code in enumerate(reasons) if code == _CONDITION_FAILED)
    if failed:
        raise ConditionsFailed(failed) from error
    if not _CONTENTION.intersection(reasons) and aws.error_code(error) not in {
        "TransactionConflictException",
        _IN_PROGRESS,
    }:
        raise error


def backoff(*, base: float, cap: float) -> Iterator[float]:
    """Yield, without end, the seconds to wait before each next try: full jitter, doubling to `cap`.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
    """
    ceiling = base
    while True:
        yield random.uniform(0, ceiling)  # noqa: S311 - spreads load, no secret # nosec B311
        ceiling = min(cap, ceiling * 2)


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


def batch_get(wanted: Mapping[type[Table], Iterable[Key]]) -> dict[type[Table], dict[Key, Any]]:
    """Return the items with these keys, over any number of tables, by strongly consistent reads.

    One call to DynamoDB for each 100 keys; what is not found, or damaged, is left out; the answer
    is by model and key. What DynamoDB leaves unprocessed is asked for again a few times, then
    Unavailable.
    """
    keys = [(model, key) for model, some in wanted.items() for key in dict.fromkeys(some)]
    found: dict[type[Table], dict[Key, Any]] = {model: {} for model in wanted}
    with store_errors():
        for start in range(0, len(keys), BATCH_GET_LIMIT):
            _batch_get(keys[start : start + BATCH_GET_LIMIT], found)
    return found


def _batch_get(
    keys: Sequence[tuple[type[Table], Key]], found: dict[type[Table], dict[Key, Any]]
) -> None:
    models = {model.Meta.table_name: model for model in found}
    requests: dict[str, Any] = {}
    for model, key in keys:
        request = requests.setdefault(model.Meta.table_name, {"Keys": [], "ConsistentRead": True})
        names = model.key_names()
        request["Keys"].append({name: {"S": value} for name, value in zip(names, key, strict=True)})
    for pause in islice(backoff(base=0.05, cap=0.5), _BATCH_TRIES):
        answer = client().batch_get_item(RequestItems=requests)
        for name, items in answer["Responses"].items():
            model = models[name]
            for raw in items:
                item = unless_damaged(model.from_raw_data, raw, model.key_of(raw))
                if item is not None:
                    found[model][model.key_of(raw)] = item
        requests = answer.get("UnprocessedKeys", {})
        if not requests:
            return
        deadline.pause(pause)
    message = "The store is busy; try again shortly."
    raise Unavailable(message)


def delete_some(model: type[Table], partition: str) -> bool:
    """Delete up to 25 items of a partition; return whether there were any, and more may be left.

    What the table has no capacity for is left, to be found the next time.
    """
    with store_errors():
        items = list(
            model.query(
                partition,
                limit=BATCH_WRITE_LIMIT,
                consistent_read=True,
                attributes_to_get=list(model.key_names()),
            )
        )
    names = model.key_names()
    delete_batch(model, [tuple(getattr(item, name) for name in names) for item in items])
    return bool(items)


def put_batch(items: Sequence[Table]) -> list[int]:
    """Send up to 25 puts of one table in one call; return the positions of those left unprocessed.

    Idempotent, not atomic. A table that lets nothing through at all is the same answer as one
    that leaves every item: all positions, after one attempt, since the caller knows better when to
    try again. No two items may have the same key.
    """
    if not items:
        return []
    requests = [{"PutRequest": {"Item": item.serialize()}} for item in items]
    return _write_batch(type(items[0]), requests)


def delete_batch(model: type[Table], keys: Sequence[Key]) -> list[int]:
    """Send up to 25 deletions in one call, as `put_batch` does; what is not there is deleted."""
    names = model.key_names()
    return _write_batch(
        model,
        [
            {"DeleteRequest": {"Key": {n: {"S": v} for n, v in zip(names, key, strict=True)}}}
            for key in keys
        ],
    )


def _write_batch(model: type[Table], requests: list[Any]) -> list[int]:
    if not requests:
        return []
    table = model.Meta.table_name
    with store_errors():
        try:
            answer = aws.client("dynamodb", attempts=1).batch_write_item(
                RequestItems={table: requests}
            )
        except ClientError as error:
            if aws.error_code(error) not in aws.THROTTLING_CODES:
                raise
            return list(range(len(requests)))
    left = answer.get("UnprocessedItems", {}).get(table, [])
    unprocessed = {_written_key(model, request) for request in left}
    keys = [_written_key(model, request) for request in requests]
    return [position for position, key in enumerate(keys) if key in unprocessed]


def _written_key(model: type[Table], request: Any) -> Key:
    put = request.get("PutRequest")
    return model.key_of(put["Item"] if put else request["DeleteRequest"]["Key"])
