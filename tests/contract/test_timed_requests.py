"""Requests are timed beside their own calls, made again: over HTTP, where a token counts."""

from __future__ import annotations

import pytest

from bench import request_time
from bench.api import Api


@pytest.mark.usefixtures("aws_over_http")
def test_the_calls_of_a_post_can_be_made_again_by_bare_clients() -> None:
    assert len(request_time.posts(Api(), rounds=2)) == 2
