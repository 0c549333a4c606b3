"""The secret key of a deployment, in the Systems Manager's Parameter Store."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from tweeter import aws
from tweeter.config import get_config


def provision_secret(report: Callable[[str], object]) -> None:
    """Make the secret if there is none; one that exists is never changed, since cursors and the
    names of pictures depend on it."""
    if read_secret() is not None:
        report(f"secret {_name()}: is there")
        return
    aws.client("ssm").put_parameter(
        Name=_name(),
        Description="Signs cursors and form tokens, and keys picture names",
        Value=secrets.token_urlsafe(64),
        Type="SecureString",
    )
    report(f"secret {_name()}: created")


def delete_secret(report: Callable[[str], object]) -> None:
    """Delete the secret."""
    client = aws.client("ssm")
    try:
        client.delete_parameter(Name=_name())
    except client.exceptions.ParameterNotFound:
        report(f"secret {_name()}: was not there")
    else:
        report(f"secret {_name()}: deleted")


def read_secret() -> str | None:
    """Return the secret, or None before it was made; Unavailable when AWS does not answer."""
    client = aws.client("ssm")
    try:
        with aws.away_as_unavailable():
            answer = client.get_parameter(Name=_name(), WithDecryption=True)
    except client.exceptions.ParameterNotFound:
        return None
    return answer["Parameter"]["Value"]


def _name() -> str:
    return f"/{get_config().name_prefix}/secret-key"
