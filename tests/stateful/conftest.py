"""What the stateful tests share: one AWS for many examples, whose feed table takes 1 WCU."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.configuration import configured
from tweeter.provisioning import provision

_SETTINGS = {
    "FEED_WRITE_CAPACITY": "1",  # so that fan-outs take several turns
    # No limits: another test is about them.
    "SIGN_IN_ATTEMPTS": "1000000",
    "SIGN_IN_ATTEMPTS_BY_ALIAS": "1000001",
    "SIGN_IN_ATTEMPTS_BY_ADDRESS": "1000000",
    "SIGN_UPS_BY_ADDRESS": "1000000",
    "POSTS_BY_ACCOUNT": "1000000",
    "FOLLOWS_BY_ACCOUNT": "1000000",
    "PICTURES_BY_ACCOUNT": "1000000",
}


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """An AWS with everything that `provision` makes, to be emptied before each example."""
    with mock_aws(), configured({f"TWEETER_{name}": value for name, value in _SETTINGS.items()}):
        provision(lambda line: None)
        yield
