"""What the tests of the cross-cutting parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.tweeter.provisioned import Configure, complete_queue_attributes
from tweeter import wiring
from tweeter.config import get_config


@pytest.fixture
def empty_aws() -> Iterator[None]:
    """An AWS of the test's own, with nothing in it."""
    with mock_aws(), complete_queue_attributes():
        wiring.forget()
        yield


@pytest.fixture
def set_config(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Sets `TWEETER_...` variables for the rest of the test, by the names after that."""

    def set_all(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"TWEETER_{name.upper()}", value)
        get_config.cache_clear()
        wiring.forget()

    yield set_all
    monkeypatch.undo()
    get_config.cache_clear()
    wiring.forget()
