"""Items in batches, as many as one call takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from tweeter import aws, deadline
from tweeter.backoff import backoff
from tweeter.dynamodb.damage import unless_damaged
from tweeter.dynamodb.errors import store_errors
from tweeter.dynamodb.tables import Key, Table, client
from tweeter.errors import Unavailable

BATCH_GET_LIMIT = 100
"""Keys in one BatchGetItem (AWS: API reference, BatchGetItem)."""
BATCH_WRITE_LIMIT = 25
"""Items in one BatchWriteItem (AWS: API reference, BatchWriteItem)."""
_BATCH_TRIES = 6


def batch_get(wanted: Mapping[type[Table], Iterable[Key]]) -> dict[type[Table], dict[Key, Any]]:
    """Return the items with these keys, over any number of tables, by strongly consistent reads.

    One call to DynamoDB for each 100 keys; what is not found, or damaged, is left out; the answer
    is by model and key. What DynamoDB leaves unprocessed is asked for again a few times, then
    Unavailable.
    """
    found: dict[type[Table], dict[Key, Any]] = {model: {} for model in wanted}
    for model, raw in _stored(wanted):
        item = unless_damaged(model.from_raw_data, raw, model.key_of(raw))
        if item is not None:
            found[model][item.key()] = item
    return found


def keys_in_use(model: type[Table], keys: Iterable[Key]) -> set[Key]:
    """Return those keys that have an item, damaged or not; otherwise as `batch_get`."""
    return {model.key_of(raw) for _, raw in _stored({model: keys})}


def _stored(wanted: Mapping[type[Table], Iterable[Key]]) -> Iterator[tuple[type[Table], Any]]:
    """Yield the items with these keys as DynamoDB sends them, each with its model."""
    keys = [(model, key) for model, some in wanted.items() for key in dict.fromkeys(some)]
    for start in range(0, len(keys), BATCH_GET_LIMIT):
        with store_errors():
            found = _batch_get(keys[start : start + BATCH_GET_LIMIT])
        yield from found


def _batch_get(keys: Sequence[tuple[type[Table], Key]]) -> list[tuple[type[Table], Any]]:
    models = {model.Meta.table_name: model for model, _ in keys}
    requests: dict[str, Any] = {}
    found: list[tuple[type[Table], Any]] = []
    for model, key in keys:
        request = requests.setdefault(model.Meta.table_name, {"Keys": [], "ConsistentRead": True})
        names = model.key_names()
        request["Keys"].append({name: {"S": value} for name, value in zip(names, key, strict=True)})
    for pause in islice(backoff(base=0.05, cap=0.5), _BATCH_TRIES):
        answer = client().batch_get_item(RequestItems=requests)
        for name, items in answer["Responses"].items():
            found += [(models[name], item) for item in items]
        requests = answer.get("UnprocessedKeys", {})
        if not requests:
            return found
        deadline.pause(pause)
    message = "The store is busy; try again shortly."
    raise Unavailable(message)


def count_items(model: type[Table], partition: str) -> int:
    """Return how many items a partition has, whatever they say; reads all of them."""
    with store_errors():
        keys = list(model.key_names())
        query = model.query(partition, consistent_read=True, attributes_to_get=keys)
        return sum(1 for _ in query)


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
    delete_batch(model, [item.key() for item in items])
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
