"""The tests' settings, with limits that a fuzzer does not run into, or that it soon does."""

import os

os.environ["TWEETER_LOG_LEVEL"] = "ERROR"

from tests.settings import *  # noqa: F403
from tweeter.config import get_config

TIGHT = "TWEETER_FUZZ_TIGHT"
"""The environment variable that makes the limits tight; for these settings only."""

_LIMIT = 4 if os.environ.get(TIGHT) else 1_000_000
os.environ.update(
    TWEETER_SIGN_IN_ATTEMPTS=str(_LIMIT),
    TWEETER_SIGN_IN_ATTEMPTS_BY_ALIAS=str(_LIMIT + 1),
    TWEETER_SIGN_IN_ATTEMPTS_BY_ADDRESS=str(_LIMIT),
    TWEETER_SIGN_UPS_BY_ADDRESS=str(_LIMIT),
    TWEETER_POSTS_BY_ACCOUNT=str(_LIMIT),
    TWEETER_FOLLOWS_BY_ACCOUNT=str(_LIMIT),
    TWEETER_PICTURES_BY_ACCOUNT=str(_LIMIT),
)
get_config.cache_clear()
