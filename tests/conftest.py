"""What all tests share: an AWS in this process, provisioned and empty, and people who use it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from tests.configuration import Configure, forget_configuration
from tests.provisioned_aws import provisioned_aws
from tests.world import World


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run tests, by default: one for each core, and one more for all the
    tests, of which some wait; beyond eight they gain less than the processes cost to start."""
    waiting = 1 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0
    return min((os.cpu_count() or 1) + waiting, 8)


def pytest_collection_finish() -> None:
    """Have the garbage collector look seldom, and no more at what is loaded by now: it would take a
    twelfth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


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
