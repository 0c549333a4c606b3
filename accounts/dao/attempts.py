"""Counters of attempts on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from accounts.models import AttemptModel
from tweeter.dynamodb import condition_failed, store_errors


class DynamoAttemptDao:
    """An `AttemptDao` on the attempts table; a window's end is the item's TTL attribute."""

    def count(self, subject: str, now: datetime) -> tuple[int, datetime]:
        try:
            with store_errors():
                item = AttemptModel.get(subject, consistent_read=True)
        except AttemptModel.DoesNotExist:
            return 0, now
        ends = datetime.fromtimestamp(int(item.expires_at), UTC)
        return (int(item.attempts), ends) if ends > now else (0, now)

    def add(self, subject: str, now: datetime, window_seconds: int) -> None:
        seconds = int(now.timestamp())
        under_way = AttemptModel.expires_at > seconds
        over = AttemptModel.subject.does_not_exist() | (AttemptModel.expires_at <= seconds)
        count = [AttemptModel.attempts.add(1)]
        begin = [
            AttemptModel.attempts.set(1),
            AttemptModel.expires_at.set(seconds + window_seconds),
        ]
        if not _update(subject, count, under_way) and not _update(subject, begin, over):
            _update(subject, count, under_way)  # another attempt began the window just now


def _update(subject: str, actions: Sequence[Action], condition: Condition) -> bool:
    """Return whether the condition held and the actions were applied."""
    try:
        with store_errors():
            AttemptModel(subject).update(list(actions), condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
