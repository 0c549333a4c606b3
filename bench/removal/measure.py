"""One account with many followers and a long feed is deleted, while somebody else posts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
from accounts.entities import Account, AccountId
from accounts.interfaces import Roster
from bench.capacity import CapacityStandIn
from bench.fanout.crowd import authors_with, pool
from bench.fanout.logged_work import LoggedWork
from bench.fanout.service import Author, Posted, Service
from bench.people import text
from bench.tables import print_table
from feeds.dao import DynamoDeliveryDao, DynamoFeedDao
from statuses.dao import DynamoStatusDao
from statuses.entities import Reference, Status
from statuses.ids import created_at_of, next_status_id
from tweeter.capacity import TableCapacity
from tweeter.clock import BEGINNING, system_clock
from tweeter.config import get_config
from tweeter.pages import PageRequest
from tweeter.provisioning import provision, teardown

_WCU = 100
_STATUSES = 100
_OTHERS = 1_000
"""Followers of the one who posts meanwhile."""
_ALL_SAVED = 300
_POLL_SECONDS = 0.25
_PATIENCE_SECONDS = 900.0


def measure(standin: CapacityStandIn, followers: int) -> None:
    """Measure and print; nothing that was provisioned is left."""
    with _provisioned(), Service() as service:
        leaving, other = authors_with(service, [followers, min(_OTHERS, followers)])
        _fill(standin, leaving)
        with LoggedWork():
            standin.settle(burst=0, saving=True)
            standin.reset()
            begun = time.time()
            service.remove(leaving)
            answered = time.time()
            posted = service.post_status(other)
            gone = _wait_until_gone(leaving, posted)
        feeds = standin.report()["tables"][get_config().table_name("feeds")]
        wrong = _wrong_counts(pool(followers), other)
    busiest = max(second["write_units"] for second in feeds["seconds"])
    title = f"Removal of an account with {followers:,} followers, as many entries in its feed, "
    print_table(
        title + f"and {_STATUSES} statuses, at {_WCU} WCU",
        ("", "measured"),
        [
            ("DELETE answered in", f"{(answered - begun) * 1000:.0f} ms"),
            *((f"{what} gone after", f"{at - answered:.1f} s") for what, at in gone.items()),
            ("WCU of the feed table in its busiest second", f"{busiest:.0f}"),
            ("entries that the table refused", feeds["totals"]["unprocessed_items"]),
            ("followers whose count is wrong", wrong),
        ],
    )


@contextmanager
def _provisioned() -> Iterator[None]:
    try:
        provision(lambda _line: None)
        TableCapacity().change("feeds", write=_WCU)
        yield
    finally:
        teardown(lambda _line: None)


def _fill(standin: CapacityStandIn, author: Author) -> None:
    """Give an account a feed, on capacity that is there for this only, and statuses that nobody is
    to be told of any more."""
    standin.settle(burst=_ALL_SAVED)
    feeds, owner = DynamoFeedDao(), AccountId(author.alias)
    for number in range(author.followers):
        while feeds.put([owner], Reference(f"{number:032x}", owner)):
            standin.settle(burst=_ALL_SAVED)
    account = DynamoAccountDao().find(owner)
    if account is None:
        message = f"{author.alias} signed up but is not there"
        raise RuntimeError(message)
    newest = account.last_status_id
    for number in range(_STATUSES):
        status = _status(account, newest, number)
        DynamoStatusDao().put(
            status,
            story_tag=account.story_tag,
            after=newest,
            receipt=None,
            posting=account.posting,
            now=status.created_at,
        )
        newest = status.id


def _status(author: Account, newest: str, number: int) -> Status:
    status_id = next_status_id(author.story_tag, newest, system_clock())
    return Status(
        id=status_id,
        author_id=author.id,
        text=text(number),
        mentions=(),
        links=(),
        followers=author.followers_count,
        created_at=created_at_of(status_id),
    )


def _wait_until_gone(leaving: Author, posted: Posted) -> dict[str, float]:
    """Return when each part of the account was gone, and a status of somebody else delivered."""
    account_id = AccountId(leaving.alias)
    account = DynamoAccountDao().find_closed(account_id)
    if account is None:
        message = "the account is not closed"
        raise RuntimeError(message)
    head = PageRequest(1)
    parts: dict[str, Callable[[], object]] = {
        "followers": lambda: DynamoFollowDao().page_of_members(account_id, Roster.FOLLOWERS, head),
        "statuses": lambda: DynamoStatusDao().page_of_story(account.story_tag, head),
        "sessions": lambda: DynamoSessionDao().all_of(account_id),
        "feed": lambda: DynamoFeedDao().page(account_id, head, BEGINNING),
        f"status to {posted.followers:,} others delivered, nothing of it": lambda: _owed(posted),
    }
    gone: dict[str, float] = {}
    deadline = time.time() + _PATIENCE_SECONDS
    while len(gone) < len(parts):
        for name, left in parts.items():
            if name not in gone and not left():
                gone[name] = time.time()
        if time.time() > deadline:
            left_over = ", ".join(set(parts) - set(gone))
            message = f"after {_PATIENCE_SECONDS:.0f} s there is still some of {left_over}"
            raise RuntimeError(message)
        time.sleep(_POLL_SECONDS)
    return gone


def _owed(posted: Posted) -> int:
    _, progress = DynamoDeliveryDao().find(posted.status_id)
    return posted.followers - progress.delivered


def _wrong_counts(members: Sequence[AccountId], other: Author) -> int:
    """Return how many followers do not follow just those who are left."""
    found = DynamoAccountDao().find_many(members)
    return sum(
        found[member].following_count != int(number < other.followers)
        for number, member in enumerate(members)
    )
