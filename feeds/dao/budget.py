"""The feed table's budget on DynamoDB."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from pynamodb.exceptions import PutError

from feeds.budget import Budget, Trial
from feeds.models import BudgetModel
from statuses.ids import STATUS_ID
from tweeter import aws
from tweeter.dynamodb import condition_failed, store_errors
from tweeter.store import Damaged, Outdated

logger = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000


class DynamoBudgetStore:
    """A `BudgetStore` in one item, every change of which is conditional on its revision.

    A revision is a random number, so that a change can tell itself from another one: when its
    answer was lost, the next attempt is refused because of what the first has done.
    """

    def __init__(self, resource: str) -> None:
        self._resource = resource

    def find(self) -> tuple[Budget | None, int]:
        try:
            with store_errors():
                item = BudgetModel.get(self._resource, consistent_read=True)
        except BudgetModel.DoesNotExist:
            return None, 0
        except Damaged:
            logger.warning("the budget of %s is begun anew", self._resource)
            return None, _DAMAGED
        values = item.attribute_values
        return Budget(
            given_until=_seconds(values.get("given_until")),
            peak_until=_seconds(values.get("peak_until")),
            saved=float(values.get("saved", 0)),
            trusted=values.get("trusted", False),
            trial=_trial(values),
            next_turns_at=_seconds(values.get("next_turns_at")),
            open_to_small=values.get("open_to_small", True),
            rate=float(values.get("rate") or 0),
        ), _revision(values.get("revision"))

    def replace(self, after: Budget, revision: int) -> None:
        mine = _new_revision()
        item = BudgetModel(
            self._resource,
            revision=mine,
            given_until=_microseconds(after.given_until),
            peak_until=_microseconds(after.peak_until),
            saved=round(after.saved, 3),
            trusted=after.trusted,
            trial_status_id=after.trial and after.trial.status_id,
            trial_chunk=after.trial and after.trial.chunk,
            trial_ends_at=after.trial and _microseconds(after.trial.ends_at),
            next_turns_at=_microseconds(after.next_turns_at),
            open_to_small=after.open_to_small,
            rate=after.rate,
        )
        try:
            with store_errors():
                item.save(_unchanged(revision))
        except PutError as error:
            if not condition_failed(error):
                raise
            if aws.was_sent_again(error) and self.find()[1] == mine:
                return
            raise Outdated from error


_DAMAGED = -1
"""The revision of an item that can't be read: whoever replaces it first may do so."""


def _trial(values: Mapping[str, Any]) -> Trial | None:
    """Return the trial under way; None as well where it is of no status that there can be."""
    status_id = values.get("trial_status_id")
    if status_id is None or not STATUS_ID.fullmatch(status_id):
        return None
    return Trial(
        status_id, int(values.get("trial_chunk", 0)), _seconds(values.get("trial_ends_at"))
    )


def _new_revision() -> int:
    """Return a random number of 49 bits between fixed ones: always of 16 digits, the last of them
    no zero, so that every item weighs the same."""
    return 1 << 50 | secrets.randbits(49) << 1 | 1


def _revision(value: float | None) -> int:
    return int(value) if value is not None and value >= 1 and value == int(value) else _DAMAGED


def _unchanged(revision: int) -> Any:
    if revision == _DAMAGED:
        return None
    if revision == 0:
        return BudgetModel.resource.does_not_exist()
    return BudgetModel.revision == revision


def _seconds(microseconds: float | None) -> float:
    return float(microseconds or 0) / _MICROSECONDS


def _microseconds(seconds: float) -> int:
    return round(seconds * _MICROSECONDS)
