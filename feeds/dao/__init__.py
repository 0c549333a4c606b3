"""Feeds, their deliveries and the table's budget on DynamoDB."""

from feeds.dao.budget import DynamoBudgetStore
from feeds.dao.capacity import DynamoWriteCapacity
from feeds.dao.deliveries import DynamoDeliveryDao
from feeds.dao.feeds import DynamoFeedDao
from feeds.dao.line import DynamoLine

__all__ = [
    "DynamoBudgetStore",
    "DynamoDeliveryDao",
    "DynamoFeedDao",
    "DynamoLine",
    "DynamoWriteCapacity",
]
