"""Counters, and what is remembered for a time, on DynamoDB."""

from __future__ import annotations

from datetime import UTC, datetime

from botocore.exceptions import ClientError
from pynamodb.exceptions import UpdateError

from accounts.models import AttemptModel
from tweeter import aws
from tweeter.dynamodb import condition_failed, store_errors, unless_damaged
from tweeter.store import Damaged


class DynamoAttemptDao:
    """An `AttemptDao` on the attempts table."""

    def count(self, key: str, limit: int, until: datetime) -> int | None:
        item = AttemptModel(key)
        try:
            with store_errors():
                item.update(
                    [
                        AttemptModel.attempts.add(1),
                        AttemptModel.expires_at.set(int(until.timestamp())),
                    ],
                    AttemptModel.attempts.does_not_exist() | (AttemptModel.attempts < limit),
                )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            return None
        return int(item.attempts or 0)

    def give_back(self, key: str) -> None:
        # By the client that sends a call once: were it applied, its answer lost and it sent again,
        # somebody else's attempt would be given back too.
        with store_errors():
            try:
                aws.client("dynamodb", attempts=1).update_item(
                    TableName=AttemptModel.Meta.table_name,
                    Key={"subject": {"S": key}},
                    UpdateExpression="ADD attempts :less",
                    ConditionExpression="attempts > :none",
                    ExpressionAttributeValues={":less": {"N": "-1"}, ":none": {"N": "0"}},
                )
            except ClientError as error:
                if not condition_failed(error):
                    raise

    def clear(self, key: str) -> None:
        with store_errors():
            AttemptModel(key).delete()

    def remember(self, key: str, until: datetime) -> None:
        with store_errors():
            AttemptModel(key, expires_at=int(until.timestamp())).save()

    def remembered_until(self, key: str) -> datetime | None:
        try:
            with store_errors():
                item = AttemptModel.get(key, consistent_read=True)
        except (AttemptModel.DoesNotExist, Damaged):
            return None
        return unless_damaged(_end_of, item, item.key())


def _end_of(item: AttemptModel) -> datetime:
    return datetime.fromtimestamp(int(item.expires_at), UTC)
