"""Calls that botocore sends a second time, though the first has been carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults import Service, handling, tables_of


@contextmanager
def sent_again(
    service: Service,
    operation: str,
    *,
    table: str | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[None]:
    """Have botocore make a second attempt of the next call, or the next that asks for a table, as
    if the first answer had not come, and do something between the two."""
    left = [1]

    def again(request_dict: Any, **_: object) -> Any:
        if not left[0] or (table is not None and table not in tables_of(request_dict)):
            return None
        left[0] -= 1
        meanwhile()
        return 0.0

    with handling(service, f"needs-retry.{service}.{operation}", again, first=True):
        yield
    assert left == [0]
