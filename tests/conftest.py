"""What all tests share: an AWS in this process, provisioned and empty, and people who use it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.configuration import Configure, forget_configuration
from tests.provisioned_aws import provisioned_aws
from tests.world import World


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes run tests, by default: one more than there are cores, since some
    tests wait; beyond eight they gain less than the processes cost to start."""
    return min((os.cpu_count() or 1) + 1, 8)


@pytest.fixture
def aws() -> Iterator[None]:
    """An AWS of the test's own, with everything that `provision` makes."""
    with provisioned_aws():
        yield


@pytest.fixture
def world(aws: None) -> World:
    """The whole system, with nobody in it."""
    return World()


@pytest.fixture
def set_config(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Sets `TWEETER_...` variables for the rest of the test, by the names after that."""

    def set_all(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"TWEETER_{name.upper()}", value)
        forget_configuration()

    yield set_all
    monkeypatch.undo()
    forget_configuration()
