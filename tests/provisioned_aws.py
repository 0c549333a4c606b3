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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import time_machine
from moto import mock_aws
from moto.backends import get_backend

from tweeter import wiring
from tweeter.provisioning import provision

_SERVICES = ("dynamodb", "s3", "sqs")

# Locks of queues that nobody holds between two tests.
copyreg.pickle(type(threading.RLock()), lambda _lock: (threading.RLock, ()))


@dataclass(frozen=True)
class Kept:
    """What an AWS held, and when."""

    content: bytes
    at: datetime


@contextmanager
def provisioned_aws() -> Iterator[None]:
    """Be on an AWS of one's own, provisioned and empty."""
    with _holding(_provisioned()):
        yield


@contextmanager
def aws_as_it_was(kept: Kept) -> Iterator[None]:
    """Be on an AWS of one's own that holds what another one held when it was kept, at that time
    again: sessions are as old as then, however long ago that is."""
    with time_machine.travel(kept.at), _holding(kept.content):
        yield


def aws_now() -> Kept:
    """Return the AWS in this process with what it holds, to be kept."""
    return Kept(_content(), datetime.now(UTC))


@contextmanager
def _holding(content: bytes) -> Iterator[None]:
    with mock_aws():
        wiring.forget()
        for service, accounts in pickle.loads(content).items():  # noqa: S301 - see above
            for (account, region), backend in accounts.items():
                get_backend(service)[account][region] = backend
        yield


def _content() -> bytes:
    found: dict[str, Any] = {}
    for service in _SERVICES:
        accounts = get_backend(service)  # type: ignore[call-overload]
        found[service] = {
            (account, region): backend
            for account, regions in accounts.items()
            for region, backend in regions.items()
        }
    return pickle.dumps(found)


@cache
def _provisioned() -> bytes:
    with mock_aws():
        wiring.forget()
        provision(lambda _line: None)
        return _content()
