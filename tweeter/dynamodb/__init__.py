"""What all DAOs share of DynamoDB: one connection, batches, transactions, and what may be wrong."""

from tweeter.dynamodb.batches import (
    BATCH_GET_LIMIT,
    BATCH_WRITE_LIMIT,
    batch_get,
    delete_batch,
    delete_some,
    put_batch,
)
from tweeter.dynamodb.errors import condition_failed, store_errors, unless_damaged
from tweeter.dynamodb.tables import Key, Table, client, connection, table_name
from tweeter.dynamodb.transactions import ConditionsFailed, transact

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
    "delete_batch",
    "delete_some",
    "put_batch",
    "store_errors",
    "table_name",
    "transact",
    "unless_damaged",
]
