"""The base of all models, and the one connection that they share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from pynamodb.connection import Connection, TableConnection
from pynamodb.models import Model

from tweeter import aws
from tweeter.config import get_config
from tweeter.dynamodb.damage import made_out

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Key = tuple[str, ...]
"""A table's key: the partition key, or the partition and the sort key; all of ours are strings."""

_sharing = threading.Lock()


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
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Return an item as DynamoDB sent it; Damaged where an attribute is not of its type."""
        return made_out(super().from_raw_data, data, cls.key_of(data))

    def key(self) -> Key:
        """Return the item's key."""
        return tuple(getattr(self, name) for name in self.key_names())

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


@cache
def connection() -> Connection:
    """Return the connection that all models and transactions use."""
    return _SharedConnection()


class _SharedConnection(Connection):
    """PynamoDB's connection over the process's one client: PynamoDB makes one per model, and each
    costs over 100 ms of a cold start."""

    @property
    def client(self) -> Any:
        return aws.client("dynamodb")
