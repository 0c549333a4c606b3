"""All tables of Tweeter, and how each is to be provisioned."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import (
    AccountModel,
    AttemptModel,
    FollowModel,
    FormerFollowModel,
    SessionModel,
)
from feeds.models import BudgetModel, FeedModel, PlanModel, ProgressModel
from statuses.models import ReceiptModel, StatusModel
from tweeter.config import get_config
from tweeter.dynamodb import Table


@dataclass(frozen=True, slots=True)
class Capacity:
    """Provisioned throughput of a table."""

    read: int
    """RCU."""
    write: int
    """WCU."""

    def __str__(self) -> str:
        """Return it for people, and for tags of tables, whose values may hold no comma (AWS:
        DynamoDB developer guide, tagging restrictions)."""
        return f"{self.read} RCU and {self.write} WCU"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table as it should be."""

    model: type[Table]
    capacity: Capacity | None = None
    """None: on demand, paid by the request, which is nothing while nobody comes."""
    expires: bool = False
    """Whether DynamoDB removes items some time after their `expires_at`."""
    precious: bool = False
    """Whether nothing else could make its data again: production keeps such a table restorable."""

    @property
    def full_name(self) -> str:
        """The name by which AWS knows it."""
        return self.model.Meta.table_name

    @property
    def short_name(self) -> str:
        """The name without the prefix of this installation."""
        return self.full_name.removeprefix(get_config().table_name(""))


def all_tables() -> list[TableSpec]:
    """Return every table. Only the feeds' capacity is provisioned: it is what a fan-out is paced
    by, and what would cost most if anybody could spend it at any rate.

    Feeds are precious too, though written from statuses and follows: an exact feed depends on who
    followed when, which of ended follows is known for 30 days only. So is progress: without it
    every status would be queued for ever to its author. The rest of what a restored installation
    lacks costs a new sign-in, deliveries that were under way at that moment, and a second status
    where a post is repeated with an idempotency key of before. Removals of accounts are on the
    queues, which nothing restores: `manage.py removals restart` puts them there again.
    """
    config = get_config()
    feeds = Capacity(config.feed_read_capacity, config.feed_write_capacity)
    return [
        TableSpec(AccountModel, expires=True, precious=True),
        TableSpec(SessionModel, expires=True),
        TableSpec(FollowModel, precious=True),
        TableSpec(FormerFollowModel, expires=True, precious=True),
        TableSpec(AttemptModel, expires=True),
        TableSpec(StatusModel, precious=True),
        TableSpec(ReceiptModel, expires=True),
        TableSpec(FeedModel, capacity=feeds, precious=True),
        TableSpec(PlanModel),
        TableSpec(ProgressModel, precious=True),
        TableSpec(BudgetModel),
    ]
