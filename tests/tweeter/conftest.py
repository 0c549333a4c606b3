"""What the tests of the cross-cutting parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.tweeter.provisioned import complete_queue_attributes
from tweeter import wiring


@pytest.fixture
def empty_aws() -> Iterator[None]:
    """An AWS of the test's own, with nothing in it."""
    with mock_aws(), complete_queue_attributes():
        wiring.forget()
        yield
