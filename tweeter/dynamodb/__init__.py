"""What all DAOs share of DynamoDB: one connection, batches, transactions, and what may be wrong."""

from tweeter.dynamodb.batches import (
    BATCH_GET_LIMIT,
    BATCH_WRITE_LIMIT,
    batch_get,
    count_items,
    delete_batch,
    delete_some,
    keys_in_use,
    put_batch,
)
from tweeter.dynamodb.damage import made_out, undamaged, unless_damaged, whole
from tweeter.dynamodb.errors import condition_failed, store_errors
from tweeter.dynamodb.tables import Key, Table, client, connection, table_name
from tweeter.dynamodb.transactions import ConditionsFailed, transact, transact_update

__all__ = [
    "BATCH_GET_LIMIT",
    "BATCH_WRITE_LIMIT",
    "ConditionsFailed",
    "Key",
    "Table",
    "batch_get",
    "client",
    "condition_failed",
    "connection",
    "count_items",
    "delete_batch",
    "delete_some",
    "keys_in_use",
    "made_out",
    "put_batch",
    "store_errors",
    "table_name",
    "transact",
    "transact_update",
    "undamaged",
    "unless_damaged",
    "whole",
]
