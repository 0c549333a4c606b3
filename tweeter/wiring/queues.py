"""The two queues, and who puts what into them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tweeter.config import get_config

if TYPE_CHECKING:
    from feeds.queues import AccountChores, SqsQueue


@cache
def fan_out_queue() -> SqsQueue:
    """Return the queue of statuses that wait to be fanned out."""
    from feeds.queues import SqsQueue

    return SqsQueue(get_config().fan_out_queue_name)


@cache
def feed_queue() -> SqsQueue:
    """Return the queue of chunks that wait to be written."""
    from feeds.queues import SqsQueue

    return SqsQueue(get_config().feed_queue_name)


@cache
def account_chores() -> AccountChores:
    """Return the queue of what is done for accounts in the background."""
    from feeds.queues import AccountChores

    return AccountChores(fan_out_queue())
