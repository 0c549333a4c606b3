"""What Lambda hands to a function for SQS messages, and how it reads the function's answer."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef


class BatchFailed(Exception):
    """The whole batch counts as failed; the message says why."""


@dataclass(frozen=True, kw_only=True)
class LambdaContext:
    """The context object of one invocation: the part of Lambda's that Python code commonly uses."""

    function_name: str
    timeout_seconds: float
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "512"
    """Megabytes, as text: so does Lambda's own Python runtime give them."""
    started: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda would end the invocation, 0 after that."""
        left = self.started + self.timeout_seconds - time.monotonic()
        return max(0, int(left * 1000))


def sqs_event(messages: Sequence[MessageTypeDef], queue_arn: str) -> dict[str, Any]:
    """Return the event in which Lambda delivers messages that were received from a queue.

    The shape is that of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.
    """
    return {"Records": [_record(message, queue_arn) for message in messages]}


def failed_message_ids(response: object, delivered: Collection[str]) -> frozenset[str]:
    """Return which of the delivered message ids an answer reports as failed.

    These are the rules of `ReportBatchItemFailures`: nothing, `{}`, and a null or empty list mean
    that all went well; anything that cannot be understood, a null, empty or unknown id included,
    raises BatchFailed. Where AWS documents nothing (an object with other keys only), the strict
    reading is taken: a misspelt key shows here, and not as messages lost in production.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    answer = _as_json(response)
    if not answer and (answer is None or isinstance(answer, dict)):
        return frozenset()
    if not isinstance(answer, dict) or "batchItemFailures" not in answer:
        message = f"the answer is no batch response: {str(answer)[:200]}"
        raise BatchFailed(message)
    failures = answer["batchItemFailures"]
    if failures is None:
        return frozenset()
    if not isinstance(failures, list):
        message = f"batchItemFailures is no list: {str(failures)[:200]}"
        raise BatchFailed(message)
    return frozenset(_failed_id(failure, delivered) for failure in failures)


def _record(message: MessageTypeDef, queue_arn: str) -> dict[str, Any]:
    """Return one message as Lambda spells it."""
    record: dict[str, Any] = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(value: MessageAttributeValueOutputTypeDef) -> dict[str, Any]:
    """Return a message attribute; the event is JSON, so binary values are in base64."""
    attribute: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return attribute | {"dataType": value["DataType"]}


def _as_json(response: object) -> Any:
    """Return an answer as it is after its way through JSON, which it has to survive on Lambda."""
    try:
        return json.loads(json.dumps(response))
    except (TypeError, ValueError) as error:
        message = f"the answer cannot be written as JSON: {error}"
        raise BatchFailed(message) from error


def _failed_id(failure: object, delivered: Collection[str]) -> str:
    """Return the message id that one entry of batchItemFailures names."""
    identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    if not isinstance(identifier, str) or identifier not in delivered:
        message = f"a batchItemFailures entry names no message of the batch: {str(failure)[:200]}"
        raise BatchFailed(message)
    return identifier
