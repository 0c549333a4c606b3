"""The environment of the processes that are started on one machine."""

from __future__ import annotations

import os

from tweeter.local.ports import LOOPBACK

_DROPPED_PREFIXES = (
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL_",
    "AWS_LAMBDA_",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
)
_ANYBODY = "local"
"""The embedded AWS asks nobody who they are."""


def child_environment(aws_port: int) -> dict[str, str]:
    """Return the environment of the children: the developer's, but on the embedded AWS only.

    Made-up credentials make sure that nothing here can reach a real account.
    """
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(_DROPPED_PREFIXES)
    }
    proxy_exceptions = ",".join(filter(None, (os.environ.get("NO_PROXY"), LOOPBACK, "localhost")))
    variables |= {
        "TWEETER_ENVIRONMENT": "local",
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{aws_port}",
        "AWS_ACCESS_KEY_ID": _ANYBODY,
        "AWS_SECRET_ACCESS_KEY": _ANYBODY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": proxy_exceptions,
        "no_proxy": proxy_exceptions,
        "PYTHONUNBUFFERED": "1",
    }
    return variables
