"""SQS in memory, for the test of who polls it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 10.0
ARN = "arn:aws:sqs:eu-west-1:000000000000:letters"


class FakeSqs:
    """One queue in memory: what is received stays in flight until it is deleted."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.visible: deque[dict[str, Any]] = deque()
        self.in_flight: dict[str, str] = {}
        self.deleted: list[str] = []
        self.errors: deque[Exception] = deque()
        self.delete_errors: deque[Exception] = deque()
        self.undeletable: set[str] = set()

    def send(self, *message_ids: str, **extra: Any) -> None:
        """Put messages on the queue, with their id as their body."""
        with self.changed:
            for message_id in message_ids:
                self.visible.append({"MessageId": message_id, "Body": message_id} | extra)
            self.changed.notify_all()

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for a state of the queue; fails the test when it does not come."""
        with self.changed:
            assert self.changed.wait_for(holds, PATIENCE_SECONDS)

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 - boto3's spelling
        return {"QueueUrl": f"memory:{QueueName}"}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"QueueArn": ARN}}

    def receive_message(self, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        with self.changed:
            if self.errors:
                raise self.errors.popleft()
            self.changed.wait_for(lambda: bool(self.visible), 0.02)
            count = min(MaxNumberOfMessages, len(self.visible))
            messages = [self._take() for _ in range(count)]
            return {"Messages": messages} if messages else {}

    def _take(self) -> dict[str, Any]:
        message = self.visible.popleft()
        receipt = f"receipt of {message['MessageId']}"
        self.in_flight[receipt] = message["MessageId"]
        return message | {"ReceiptHandle": receipt, "MD5OfBody": "0" * 32}

    def delete_message_batch(
        self,
        Entries: list[dict[str, str]],  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        failed = []
        with self.changed:
            if self.delete_errors:
                raise self.delete_errors.popleft()
            for entry in Entries:
                if self.in_flight[entry["ReceiptHandle"]] in self.undeletable:
                    failed.append({"Id": entry["Id"], "Code": "InternalError"})
                else:
                    self.deleted.append(self.in_flight.pop(entry["ReceiptHandle"]))
            self.changed.notify_all()
        return {"Failed": failed}
