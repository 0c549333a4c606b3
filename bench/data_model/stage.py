"""People, follows and statuses enough to measure what every access costs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from accounts.dao import DynamoAccountDao, DynamoAttemptDao, DynamoFollowDao, DynamoSessionDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.dao.counts import DynamoCountsDao
from accounts.dao.items import follow_items, session_item
from accounts.dao.whole_table import DynamoUnfinishedDao
from accounts.entities import Account, AccountId, Follow, Session
from bench.data_model.examples import ARGON2, AT, HEX
from feeds.dao import DynamoBudgetStore, DynamoDeliveryDao, DynamoFeedDao, DynamoLine
from feeds.entities import Chunk, Plan
from feeds.models import FeedModel
from statuses.dao import DynamoStatusDao
from statuses.entities import Link, Mention, Receipt, Reference, Status
from statuses.ids import next_status_id
from statuses.models import StatusModel
from tweeter.dynamodb import BATCH_WRITE_LIMIT, Table, put_batch
from tweeter.limits import Tally

FOLLOWERS = 300
"""Of the author, as many as the planner reads at once at 100 WCU."""
STATUSES = 101
"""Of the author, and in the reader's feed: what the largest page asks for."""
AUTHOR = AccountId("grace_hopper")
READER = AccountId("ada_lovelace")
TALLY = Tally(1_795_680_000, 3)


class Stage:
    """The DAOs, and what is there for them to find. Everything in it is always the same."""

    def __init__(self) -> None:
        self.accounts = DynamoAccountDao()
        self.sessions = DynamoSessionDao()
        self.follows = DynamoFollowDao()
        self.attempts = DynamoAttemptDao()
        self.counts = DynamoCountsDao()
        self.unfinished = DynamoUnfinishedDao()
        self.crowd = DynamoCrowdDao()
        self.statuses = DynamoStatusDao()
        self.feeds = DynamoFeedDao()
        self.line = DynamoLine()
        self.deliveries = DynamoDeliveryDao()
        self.budget = DynamoBudgetStore("feeds")
        self.story = self._story(AUTHOR)
        last = self.story[-1].id
        author = account(AUTHOR, last_status_id=last, followers_count=FOLLOWERS)
        self.crowd.put_accounts([author, account(READER), *map(account, crowd(STATUSES))])
        follows = [Follow(name, AUTHOR, "") for name in crowd(FOLLOWERS)]
        _put_all([follow_items(follow, AT)[0] for follow in follows])
        _put_all([_item(posted) for posted in self.story])
        _put_all([FeedModel(READER, posted.id, author_id=AUTHOR) for posted in self.story])

    def person(self, alias: str, *, statuses: int = 0, sessions: int = 1) -> Account:
        """Return somebody new, with so many statuses and sessions."""
        story = self._story(AccountId(alias))[:statuses]
        last = story[-1].id if story else ""
        new = account(AccountId(alias), last_status_id=last)
        self.crowd.put_accounts([new])
        _put_all([session_item(session(new, number)) for number in range(sessions)])
        _put_all([_item(posted) for posted in story])
        return new

    def follow(self, follower: Account, followee: Account) -> Follow:
        """Return a follow that is there now."""
        made = Follow(follower.id, followee.id, followee.last_status_id)
        self.follows.add(made, AT)
        return made

    def references(self, count: int) -> Sequence[Reference]:
        """Return references to so many statuses, as if each were by somebody else: the dearest
        page of a feed."""
        return [
            Reference(status.id, author)
            for status, author in zip(self.story[:count], crowd(count), strict=True)
        ]

    def _story(self, author: AccountId) -> list[Status]:
        found: list[Status] = []
        for _ in range(STATUSES):
            last = found[-1].id if found else ""
            found.append(status(author, next_status_id(tag(author), last, AT)))
        return found

    def only_status(self, author: Account) -> Status:
        """Return the first status of somebody."""
        return self._story(author.id)[0]

    def post(self, author: Account, posted: Status) -> None:
        """Have a status stored as its author's newest."""
        self.statuses.put(
            posted,
            story_tag=author.story_tag,
            after=author.last_status_id,
            receipt=None,
            posting=TALLY,
            now=AT,
        )


def _put_all(items: Sequence[Table]) -> None:
    """Write items without the product's transactions, which take their time here."""
    for start in range(0, len(items), BATCH_WRITE_LIMIT):
        put_batch(items[start : start + BATCH_WRITE_LIMIT])


def _item(posted: Status) -> StatusModel:
    return StatusModel(
        tag(posted.author_id),
        posted.id,
        author_id=posted.author_id,
        text=posted.text,
        mentions=[{"alias": m.alias, "start": m.start, "end": m.end} for m in posted.mentions],
        links=[{"url": link.url, "start": link.start, "end": link.end} for link in posted.links],
        followers=posted.followers,
    )


def crowd(count: int) -> list[AccountId]:
    """Return ids of twelve characters."""
    return [AccountId(f"person_{number:05}") for number in range(count)]


def tag(alias: str) -> str:
    """Return the story tag of an account."""
    return hashlib.sha256(alias.encode()).hexdigest()[:16]


def account(alias: AccountId, *, last_status_id: str = "", followers_count: int = 0) -> Account:
    """Return an account with a picture, which has posted lately."""
    return Account(
        id=alias,
        alias=alias.title(),
        name="Grace Hopper",
        password_hash=ARGON2,
        credentials_version=1,
        picture_key=f"avatars/{HEX}-{tag(alias)}.webp",
        story_tag=tag(alias),
        last_status_id=last_status_id,
        followers_count=followers_count,
        following_count=56,
        statuses_count=789,
        created_at=AT,
        posting=TALLY,
    )


def session(owner: Account, number: int = 0) -> Session:
    """Return one of an account's sessions."""
    return Session(
        account_id=owner.id,
        token_hash=hashlib.sha256(bytes([number])).hexdigest(),
        credentials_version=owner.credentials_version,
        used_at=AT,
        expires_at=AT + timedelta(hours=1),
    )


def status(author: AccountId, status_id: str) -> Status:
    """Return a status with a mention and a link."""
    return Status(
        id=status_id,
        author_id=author,
        text="Hello @Ada_Lovelace, read https://example.org/notes",
        mentions=(Mention("Ada_Lovelace", 6, 19),),
        links=(Link("https://example.org/notes", 26, 51),),
        followers=FOLLOWERS,
        created_at=AT,
    )


def next_status(author: Account) -> Status:
    """Return what an account may post next."""
    posted = next_status_id(author.story_tag, author.last_status_id, AT)
    return status(author.id, posted)


def receipt(of: Status) -> Receipt:
    """Return the receipt of an idempotency key."""
    return Receipt(
        account_id=of.author_id,
        key_hash=HEX,
        text_hash=HEX,
        status_id=of.id,
        expires_at=AT + timedelta(hours=24),
    )


def plan(status_id: str) -> Plan:
    """Return a fan-out that has just joined the line."""
    return Plan(
        status_id=status_id,
        author_id=AUTHOR,
        followers=10_000,
        promised=True,
        started_at=AT,
        request_id=HEX[:32],
    )


def further(before: Plan) -> Plan:
    """Return a plan after a turn."""
    return replace(before, position="current:person_00299", next_chunk=3, planned=300, behind=4_711)


def chunk(status_id: str, number: int) -> Chunk:
    """Return a chunk of a status."""
    return Chunk(status_id, AUTHOR, number, 100, (), None, 4_711, 9_422)
