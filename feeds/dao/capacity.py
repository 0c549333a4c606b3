"""The feed table's capacity, as DynamoDB tells it."""

from __future__ import annotations

import threading
import time

from feeds.models import FeedModel
from tweeter.dynamodb import client, store_errors


class DynamoWriteCapacity:
    """A `WriteCapacity` that asks DynamoDB, at most once in `refresh_seconds`."""

    UNLIMITED = 1000.0
    """WCU assumed of a table in on-demand mode: what one partition takes."""

    def __init__(self, refresh_seconds: float = 1.5) -> None:
        self._refresh = refresh_seconds
        self._lock = threading.Lock()
        self._known: tuple[float, float] | None = None

    def units(self) -> float:
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > self._refresh:
                with store_errors():
                    answer = client().describe_table(TableName=FeedModel.Meta.table_name)
                throughput = answer["Table"].get("ProvisionedThroughput", {})
                units = float(throughput.get("WriteCapacityUnits", 0))
                self._known = (time.monotonic(), units or self.UNLIMITED)
            return self._known[1]
