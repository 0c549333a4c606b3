"""Feeds on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.entities import AccountId
from feeds.models import FeedModel
from statuses.entities import Reference
from tweeter.dynamodb import BATCH_WRITE_LIMIT, put_batch, store_errors
from tweeter.pages import PageRequest


class DynamoFeedDao:
    """A `FeedDao` on the feeds table."""

    batch_size = BATCH_WRITE_LIMIT

    def put(self, owners: Sequence[AccountId], reference: Reference) -> Sequence[AccountId]:
        left = put_batch(
            [
                FeedModel(owner, reference.status_id, author_id=reference.author_id)
                for owner in owners
            ]
        )
        return [owners[position] for position in left]

    def page(self, owner: AccountId, request: PageRequest) -> Sequence[Reference]:
        behind = None if request.position is None else FeedModel.status_id < request.position
        with store_errors():
            # Eventually consistent, at half the price: entries arrive when they arrive, and a
            # moment more is nothing to tell apart. What they refer to is read consistently.
            items = FeedModel.query(owner, behind, scan_index_forward=False, limit=request.size)
            return [Reference(item.status_id, AccountId(item.author_id)) for item in items]
