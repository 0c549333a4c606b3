"""The process's clients to AWS: one each, with short timeouts, made when first needed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload
from urllib.parse import urlsplit

import boto3
import botocore.exceptions
from botocore.config import Config as BotocoreConfig
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from tweeter import deadline, metrics
from tweeter.config import get_config
from tweeter.connections import keep_to_deadline
from tweeter.errors import Unavailable
from tweeter.metrics import Metric

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

logger = logging.getLogger(__name__)

EMBEDDED_AWS_URL = "http://127.0.0.1:4566"
_ANYBODY = "local"
"""The embedded AWS asks nobody who they are."""
ATTEMPTS = 3
"""How often a call is sent, as a rule; botocore waits with full jitter between attempts."""
_LEAST_READ_SECONDS = 0.25
"""What must be left of a deadline for an answer, besides the time to connect, to send a call."""

THROTTLING_CODES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",  # what SQS says
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
THROTTLING_REASONS = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})
"""What a transaction is cancelled for instead."""
_CONFLICT_CODE = "TransactionConflictException"
"""What DynamoDB answers to a single write while a transaction is under way on its item; botocore
does not send it again."""
MISSING_CODES = frozenset(
    {
        "NoSuchBucket",
        "NonExistentQueue",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_client_lock = threading.Lock()


@overload
def client(service: Literal["cloudwatch"], attempts: int = ...) -> CloudWatchClient: ...
@overload
def client(service: Literal["dynamodb"], attempts: int = ...) -> DynamoDBClient: ...
@overload
def client(service: Literal["iam"], attempts: int = ...) -> IAMClient: ...
@overload
def client(service: Literal["lambda"], attempts: int = ...) -> LambdaClient: ...
@overload
def client(service: Literal["logs"], attempts: int = ...) -> CloudWatchLogsClient: ...
@overload
def client(service: Literal["s3"], attempts: int = ...) -> S3Client: ...
@overload
def client(service: Literal["sns"], attempts: int = ...) -> SNSClient: ...
@overload
def client(service: Literal["sqs"], attempts: int = ...) -> SQSClient: ...
@overload
def client(service: Literal["ssm"], attempts: int = ...) -> SSMClient: ...
@overload
def client(service: Literal["sts"], attempts: int = ...) -> STSClient: ...
def client(service: str, attempts: int = ATTEMPTS) -> Any:
    """Return the process's client of an AWS service; clients may be shared by threads.

    `attempts` is how often it sends a call at most. The first client of a service costs a cold
    start some 50 ms, another one with more or fewer attempts 5.
    In the local environment it talks to the embedded AWS, never to a real account, whatever
    credentials the machine holds. `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` are honoured
    as they are at the call.
    """
    own_endpoint = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
    endpoint = own_endpoint or os.environ.get("AWS_ENDPOINT_URL") or None
    with _client_lock:  # making a client is not thread-safe, using one is
        return _client(service, attempts, endpoint)


def forget_clients() -> None:
    """Make new clients from now on: after the timeouts or the region have changed."""
    _client.cache_clear()


def account_id() -> str:
    """Return the number of the account that the credentials belong to; Unavailable."""
    with away_as_unavailable():
        return client("sts").get_caller_identity()["Account"]


@contextmanager
def away_as_unavailable() -> Iterator[None]:
    """Turn an AWS service that is away, throttles or fails into Unavailable; let the rest pass.

    A table, queue or bucket that does not exist counts as away too: callers cannot mend it.
    """
    try:
        yield
    except Exception as error:
        if not is_away(error):
            raise
        logger.warning("AWS is away: %s", error)
        message = "A service that this needs is away or busy; try again shortly."
        raise Unavailable(message) from error


def error_code(error: BaseException) -> str | None:
    """Return the code of an AWS error, also of one that PynamoDB wrapped; None for others.

    SQS puts `AWS.SimpleQueueService.` before some of its codes; that is left out.
    """
    root = _root(error)
    if not isinstance(root, botocore.exceptions.ClientError):
        return None
    return root.response["Error"].get("Code", "").rpartition(".")[2] or None


def was_sent_again(error: BaseException) -> bool:
    """Tell whether botocore had sent a call before when it was answered with this error. Of what
    became of that attempt nothing is known: it may have been carried out, or refused, too."""
    root = _root(error)
    if not isinstance(root, botocore.exceptions.ClientError):
        return False
    return root.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that the service, not the request, is at fault."""
    root = _root(error)
    if isinstance(root, botocore.exceptions.ClientError):
        status = root.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passing = THROTTLING_CODES | MISSING_CODES | {_CONFLICT_CODE}
        return status >= 500 or error_code(root) in passing
    return isinstance(
        root,
        botocore.exceptions.HTTPClientError
        | botocore.exceptions.ConnectionError
        | botocore.exceptions.NoCredentialsError
        | botocore.exceptions.CredentialRetrievalError
        | ResponseParserError,
    )


@cache
def _session() -> boto3.session.Session:
    """Return what all clients are made by: it reads what boto3 knows of AWS, and of a service, once
    for all of them."""
    return boto3.session.Session()


@cache
def _client(service: str, attempts: int, endpoint: str | None) -> Any:
    config = get_config()
    options: dict[str, Any] = {
        "endpoint_url": endpoint,
        "config": BotocoreConfig(
            connect_timeout=config.connect_timeout_seconds,
            read_timeout=config.read_timeout_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=50,
            parameter_validation=False,  # what we send is typed; this saves 10 % of a call's CPU
            s3={"addressing_style": "path"} if config.environment == "local" else None,
        ),
    }
    if config.environment == "local":
        options |= {
            "endpoint_url": endpoint or EMBEDDED_AWS_URL,
            "region_name": "us-east-1",
            "aws_access_key_id": _ANYBODY,
            "aws_secret_access_key": _ANYBODY,
        }
    made = _session().client(service, **options)  # type: ignore[call-overload]
    events, name = made.meta.events, made.meta.service_model.service_id.hyphenize()
    events.register_first(f"before-send.{name}", _begin_in_time)
    # In front of botocore's own, since the first answer counts.
    events.register_first(f"needs-retry.{name}", _refuse_late_attempt)
    events.register("needs-retry", _count_throttled)
    keep_to_deadline(made)
    return made


def _begin_in_time(request: Any, **_: object) -> None:
    """Raise Unavailable if too little is left of the deadline to begin an attempt, before each of
    which botocore asks.

    So a request waits for AWS until its deadline, whatever it calls and whatever becomes of that:
    the last attempt may take the connect timeout, and its answer what is left besides.
    """
    connect: float = request.context["client_config"].connect_timeout
    if deadline.seconds_left() < connect + _LEAST_READ_SECONDS:
        logger.warning("no time is left to call %s", urlsplit(request.url).netloc)
        raise deadline.out_of_time()


def _refuse_late_attempt(
    response: tuple[Any, Any] | None, attempts: int, request_dict: Mapping[str, Any], **_: object
) -> bool | None:
    """Say no to another attempt, after botocore's wait, for which too little time would be left.

    The wait is random, up to a second, doubling, after an answer, and up to 5 seconds more where
    that asks for it; hardly anything after none. Source: botocore.retries.standard.
    """
    wait = 0.1
    if response is not None:
        wait = 2.0 ** (attempts - 1) + (5 if "x-amz-retry-after" in response[0].headers else 0)
    connect: float = request_dict["context"]["client_config"].connect_timeout
    return False if deadline.seconds_left() < wait + connect + _LEAST_READ_SECONDS else None


def _count_throttled(
    response: tuple[Any, Mapping[str, Any]] | None, operation: OperationModel, **_: object
) -> None:
    """Count an answer that there are too many calls, and say to which: botocore asks this of every
    attempt whether to send it again, and takes None for no opinion.

    No warning, since the feed table refuses some calls whenever it is tried what it has saved.
    """
    parsed = response[1] if response else {}
    code: str = parsed.get("Error", {}).get("Code", "").rpartition(".")[2]
    reasons = {reason.get("Code") for reason in parsed.get("CancellationReasons", ())}
    if throttling := THROTTLING_CODES.intersection([code]) | THROTTLING_REASONS & reasons:
        metrics.add(Metric.THROTTLED_CALLS, 1)
        service = operation.service_model.service_name
        logger.info("throttled call: %s %s, %s", service, operation.name, min(throttling))


def _root(error: BaseException) -> BaseException:
    """Return botocore's own error: PynamoDB keeps it as `cause`, under one that lost the status."""
    cause = getattr(error, "cause", None) or error
    inner = cause.__cause__
    return inner if isinstance(inner, botocore.exceptions.ClientError) else cause
