"""Errors of management commands: one line that says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import botocore.exceptions

from tweeter import aws
from tweeter.errors import TweeterError

_UNKNOWN_CODES = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_DENIED_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
_LOG_IN = (
    "Log in (`aws sso login`, `aws configure`), name a profile in AWS_PROFILE, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
_WITHOUT_CREDENTIALS = (
    botocore.exceptions.ConfigNotFound,
    botocore.exceptions.CredentialRetrievalError,
    botocore.exceptions.NoCredentialsError,
    botocore.exceptions.PartialCredentialsError,
    botocore.exceptions.ProfileNotFound,
    botocore.exceptions.SSOError,
    botocore.exceptions.TokenRetrievalError,
    botocore.exceptions.NoAuthTokenError,
)
_UNREACHABLE = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)


def explain(error: BaseException) -> str | None:
    """Return what to tell the operator of an error; None for one that is a fault in the program.

    AWS's answers about the operator's credentials, permissions, region and network say more than
    any error of ours that was made of them, such as Unavailable.
    """
    cause = _of_aws(error)
    advice = None if cause is None else _advice(cause)
    if advice is None and isinstance(error, TweeterError):
        return error.message
    if advice is None and cause is not None:
        return f"AWS: {cause}"
    return advice


def _advice(error: Exception) -> str | None:
    """Return what to do about an error of AWS that is about the operator, not the request."""
    code = aws.error_code(error)
    advice = None
    if isinstance(error, _WITHOUT_CREDENTIALS):
        advice = f"There are no usable AWS credentials ({error}). {_LOG_IN}"
    elif code in _EXPIRED_CODES:
        advice = f"The AWS credentials have expired ({code}). {_LOG_IN}"
    elif code in _UNKNOWN_CODES:
        advice = f"AWS does not accept these credentials ({code}). {_LOG_IN}"
    elif code in _DENIED_CODES:
        advice = f"These AWS credentials lack a permission that this needs. {error}"
    elif isinstance(error, botocore.exceptions.NoRegionError):
        advice = "No AWS region is chosen: set AWS_DEFAULT_REGION, or `region` in the profile."
    elif isinstance(error, _UNREACHABLE):
        advice = (
            f"AWS cannot be reached ({error}). Check the network, the region and, if it is set, "
            "AWS_ENDPOINT_URL; in the local environment, `make run` must be running."
        )
    return advice


def _of_aws(error: BaseException) -> Exception | None:
    """Return the error of AWS's client that an error is or was made of."""
    for each in _causes(error):
        if isinstance(each, botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError):
            return each
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, and those that it was raised from; PynamoDB keeps these as `cause`."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or getattr(current, "cause", None)
