"""Feeds on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition

from accounts.entities import AccountId
from feeds.models import FeedModel
from statuses.entities import Reference
from statuses.ids import first_id_at, id_before
from tweeter.dynamodb import (
    BATCH_WRITE_LIMIT,
    delete_batch,
    put_batch,
    store_errors,
    undamaged,
    whole,
)
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

    def page(
        self, owner: AccountId, request: PageRequest, posted_after: datetime
    ) -> Sequence[Reference]:
        lowest = first_id_at(posted_after)
        highest = None if request.position is None else id_before(request.position)
        if highest is not None and highest < lowest:
            return ()  # rather than to ask for a range that is none, which is refused
        behind: Condition = (
            FeedModel.status_id >= lowest
            if highest is None
            else FeedModel.status_id.between(lowest, highest)
        )
        with store_errors():
            # Eventually consistent, at half the price: entries arrive when they arrive, and a
            # moment more is nothing to tell apart. What they refer to is read consistently.
            items = FeedModel.query(owner, behind, scan_index_forward=False, page_size=request.size)
            return undamaged(items, _reference_of, request.size)

    def some_of(self, owner: AccountId) -> Sequence[str]:
        with store_errors():
            items = FeedModel.query(
                owner,
                limit=self.batch_size,
                consistent_read=True,
                attributes_to_get=list(FeedModel.key_names()),
            )
            return [item.status_id for item in items]

    def remove_some(self, owner: AccountId, status_ids: Sequence[str]) -> int:
        return len(delete_batch(FeedModel, [(owner, status_id) for status_id in status_ids]))


def _reference_of(item: FeedModel) -> Reference:
    whole(item)
    return Reference(item.status_id, AccountId(item.author_id))
