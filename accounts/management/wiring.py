"""Which implementations stand behind the commands about accounts; no request needs these."""

from __future__ import annotations

import time
from functools import partial

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from accounts.dao.counts import DynamoCountsDao
from accounts.recount import Recount
from tweeter import wiring
from tweeter.backoff import backoff


def recount() -> Recount:
    """Return the checking and mending of counts."""
    return Recount(
        accounts=DynamoAccountDao(),
        follows=DynamoFollowDao(),
        counts=DynamoCountsDao(),
        page_of_story=wiring.status_service().page_of_story,
        pauses=partial(backoff, base=0.05, cap=1.0),
        sleep=time.sleep,
    )
