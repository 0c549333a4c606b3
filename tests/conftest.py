"""What all tests share: an AWS in this process, provisioned and empty, and people who use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.world import World
from tweeter import wiring
from tweeter.provisioning import provision


@pytest.fixture
def aws() -> Iterator[None]:
    """An AWS of the test's own, with everything that `provision` makes."""
    with mock_aws():
        wiring.forget()
        provision(lambda line: None)
        yield


@pytest.fixture
def world(aws: None) -> World:
    """The whole system, with nobody in it."""
    return World()
