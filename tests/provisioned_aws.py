"""An AWS in this process with everything that `provision` makes, made once and then taken over.

Provisioning takes 0.2 s of CPU, which most tests would spend before they begin. The AWS in this
process is but objects: they are kept as bytes, and every test gets its own from them.
"""

from __future__ import annotations

import copyreg
import pickle  # of what this process has made itself
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto import mock_aws
from moto.backends import get_backend

from tweeter import wiring
from tweeter.provisioning import provision

_SERVICES = ("dynamodb", "s3", "sqs")

# Locks of queues that nobody holds between two tests.
copyreg.pickle(type(threading.RLock()), lambda _lock: (threading.RLock, ()))


@contextmanager
def provisioned_aws() -> Iterator[None]:
    """Be on an AWS of one's own, provisioned and empty."""
    made = _made()
    with mock_aws():
        wiring.forget()
        for service, accounts in pickle.loads(made).items():  # noqa: S301 - see above
            for (account, region), backend in accounts.items():
                get_backend(service)[account][region] = backend
        yield


@cache
def _made() -> bytes:
    made: dict[str, Any] = {}
    with mock_aws():
        wiring.forget()
        provision(lambda _line: None)
        for service in _SERVICES:
            accounts = get_backend(service)  # type: ignore[call-overload]
            made[service] = {
                (account, region): backend
                for account, regions in accounts.items()
                for region, backend in regions.items()
            }
        return pickle.dumps(made)
