"""What the tests of pages share."""

from __future__ import annotations

import pytest

from tests.api.browser import Browser


@pytest.fixture
def browser() -> Browser:
    """A visitor who has not signed in."""
    return Browser()
