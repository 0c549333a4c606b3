"""Transactions, tried again while others hold their items."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from tweeter import aws, deadline
from tweeter.backoff import backoff
from tweeter.dynamodb.errors import store_errors
from tweeter.dynamodb.tables import Table, connection
from tweeter.errors import Unavailable

_CONTENTION_SECONDS = 6.0
"""How long a transaction is tried again while others hold its items, or until the deadline of
whoever asked, if that is earlier; then it is a 503."""
_CONDITION_FAILED = "ConditionalCheckFailed"
_IN_PROGRESS = "TransactionInProgressException"
_CONTENTION = aws.THROTTLING_REASONS | {"TransactionConflict"}


class ConditionsFailed(Exception):
    """A transaction was refused by conditions; `failed` has the positions of the refused items.

    They count in DynamoDB's order as PynamoDB sends them: checks, deletes, puts, updates.
    """

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"conditions failed at {sorted(failed)}")
        self.failed = failed


def transact(build: Callable[[TransactWrite], None]) -> None:
    """Commit the transaction that `build` describes, again while others hold its items.

    DynamoDB refuses a transaction at once when another one is under way on any of its items
    (TransactionConflict), so popular items need patience: full jitter, up to 6 s, then
    Unavailable. Raises ConditionsFailed where conditions refuse it.

    An attempt whose answer does not come may be done, or still be under way
    (TransactionInProgress). From then on only its own token is asked by, for which DynamoDB does
    it once: also when a later attempt is refused for a passing reason, which says nothing of the
    earlier one. As nothing documents whether a token is good again after a cancellation, others
    are tried with a new one. `build` must say the same each time.
    """
    token = uuid4().hex
    may_be_done = False
    tried_until = time.monotonic() + min(_CONTENTION_SECONDS, deadline.seconds_left())
    with store_errors():
        for pause in backoff(base=0.02, cap=0.5):
            try:
                with TransactWrite(token, connection=connection()) as transaction:
                    build(transaction)
            except TransactWriteError as error:
                _raise_unless_contention(error)
                may_be_done |= aws.was_sent_again(error) or aws.error_code(error) == _IN_PROGRESS
                if not may_be_done:
                    token = uuid4().hex
                if time.monotonic() + pause > tried_until:
                    message = "Too many others are changing the same thing; try again shortly."
                    raise Unavailable(message) from error
                time.sleep(pause)
            else:
                return


def transact_update(item: Table, actions: Sequence[Action], condition: Condition) -> None:
    """Update an item that others change in transactions; ConditionsFailed, Unavailable.

    By a transaction of its own, at twice the capacity: an UpdateItem is refused while a transaction
    is under way on the item, and one whose answer was lost is sent again without a token, which may
    undo what somebody has changed in between, or be refused for what it has done itself.
    """
    transact(lambda transaction: transaction.update(item, list(actions), condition))


def _raise_unless_contention(error: TransactWriteError) -> None:
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    failed = frozenset(i for i, code in enumerate(reasons) if code == _CONDITION_FAILED)
    if failed:
        raise ConditionsFailed(failed) from error
    if not _CONTENTION.intersection(reasons) and aws.error_code(error) != _IN_PROGRESS:
        raise error
