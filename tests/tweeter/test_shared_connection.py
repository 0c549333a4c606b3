"""All tables share one connection to DynamoDB, whichever thread is the first to use one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import new_class

import pytest
from pynamodb.attributes import UnicodeAttribute

from tweeter.dynamodb import Table, connection

_THREADS = 6
_TABLES = 60


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that interrupt each other as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def unused_table(number: int) -> type[Table]:
    """Return a table that nobody has used."""
    name = f"unused-{number}"
    meta = type("Meta", (), {"table_name": name})
    body = {"Meta": meta, "key": UnicodeAttribute(hash_key=True)}
    return new_class("Unused", (Table,), exec_body=lambda namespace: namespace.update(body))


def test_threads_that_are_the_first_to_use_a_table_get_the_shared_connection(
    hasty_threads: None,
) -> None:
    together = Barrier(_THREADS)

    def use(tables: list[type[Table]]) -> list[object]:
        used: list[object] = []
        for table in tables:
            together.wait(timeout=10)
            used.append(table._get_connection().connection)
        return used

    tables = [unused_table(number) for number in range(_TABLES)]
    with ThreadPoolExecutor(_THREADS) as threads:
        found = [threads.submit(use, tables) for _ in range(_THREADS)]
        connections = {id(each) for future in found for each in future.result(timeout=60)}
    assert connections == {id(connection())}
