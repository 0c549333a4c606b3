"""What may be wrong with a call, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tweeter import aws


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn a DynamoDB that is away or throttles into Unavailable; let the rest pass."""
    with aws.away_as_unavailable():
        yield


def condition_failed(error: Exception) -> bool:
    """Tell whether a single write was refused by its condition."""
    return aws.error_code(error) == "ConditionalCheckFailedException"
