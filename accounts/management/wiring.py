"""Which implementations stand behind the commands about accounts; no request needs these."""

from __future__ import annotations

import time
from functools import partial

from accounts.dao import DynamoAccountDao
from accounts.dao.counts import DynamoCountsDao
from accounts.dao.whole_table import DynamoUnfinishedDao
from accounts.recount import Recount
from accounts.unfinished import UnfinishedRemovals
from tweeter import wiring
from tweeter.backoff import backoff
from tweeter.clock import system_clock
from tweeter.wiring.queues import account_chores


def recount() -> Recount:
    """Return the checking and mending of counts."""
    return Recount(
        accounts=DynamoAccountDao(),
        counts=DynamoCountsDao(),
        count_statuses=wiring.status_service().count,
        pauses=partial(backoff, base=0.05, cap=1.0),
        sleep=time.sleep,
    )


def unfinished_removals() -> UnfinishedRemovals:
    """Return the closed accounts of which something may be left."""
    return UnfinishedRemovals(
        accounts=DynamoUnfinishedDao(), chores=account_chores(), clock=system_clock
    )
