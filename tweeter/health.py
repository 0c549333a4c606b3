"""Whether what Tweeter stands on answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tweeter import wiring
from tweeter.deadline import handed_on
from tweeter.dynamodb import batch_get
from tweeter.errors import Unavailable
from tweeter.tables import all_tables

_NOBODY = "-"
"""A key that no item has: no alias and no id looks like this."""


def unhealthy_parts() -> list[str]:
    """Return the names of those parts that do not answer: `tables`, `fan-out queue`, `feed queue`.

    One call to DynamoDB reads from all tables, by a key that is in none. All are asked at once, so
    that three that are stuck take no longer than one.
    """
    checks: dict[str, Callable[[], object]] = {
        "tables": _check_tables,
        "fan-out queue": wiring.fan_out_queue().check,
        "feed queue": wiring.feed_queue().check,
    }
    with ThreadPoolExecutor(len(checks)) as pool:
        passed = [pool.submit(handed_on(_passes), check) for check in checks.values()]
    return [name for name, passes in zip(checks, passed, strict=True) if not passes.result()]


def _check_tables() -> None:
    models = [spec.model for spec in all_tables()]
    batch_get({model: [(_NOBODY,) * len(model.key_names())] for model in models})


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except Unavailable:
        return False
    return True
