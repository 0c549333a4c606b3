"""The tables as they were at a moment before: quicker than doing again what led there."""

from __future__ import annotations

import pickle  # of what this process has made itself

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends


def tables_now() -> bytes:
    """Return all tables with what is in them."""
    return pickle.dumps(_backend().tables)


def restore(tables: bytes) -> None:
    """Have all tables hold what they held then."""
    _backend().tables = pickle.loads(tables)  # noqa: S301 - see above


def _backend() -> DynamoDBBackend:
    """Return moto's own DynamoDB, which has no other way to say this."""
    backend: DynamoDBBackend = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    return backend
