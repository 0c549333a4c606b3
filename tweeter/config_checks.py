"""Which values of the settings make sense."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from tweeter.deadline import RESERVE_SECONDS

if TYPE_CHECKING:
    from tweeter.config import Config

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_LONGEST_INVOCATION_SECONDS = 900  # Lambda's
_GATEWAY_SECONDS = 29
"""When API Gateway gives up."""
_BESIDES_AWS_SECONDS = 2
"""What a request takes at most besides waiting for AWS."""


def check(config: Config) -> None:
    """Refuse values that would only fail later, or silently weaken something.

    ImproperlyConfigured names the variable and what it may be.
    """
    for name, (least, most) in _ranges(config).items():
        if not least <= getattr(config, name) <= most:  # so that NaN is refused, too
            bounds = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
            message = f"TWEETER_{name.upper()} must be {bounds}"
            raise ImproperlyConfigured(message)
    if config.log_level not in _LOG_LEVELS:
        message = f"TWEETER_LOG_LEVEL is {config.log_level!r}; it must be one of {_LOG_LEVELS}"
        raise ImproperlyConfigured(message)


def _ranges(config: Config) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest sensible value of each number."""
    longest_answer = min(_GATEWAY_SECONDS, config.function_timeout_seconds)
    return {
        "hsts_seconds": (0, math.inf),
        "session_minutes": (1, math.inf),
        "feed_write_capacity": (1, math.inf),
        "feed_read_capacity": (1, math.inf),
        "chunk_size": (25, 1_000),
        "function_timeout_seconds": (2 * RESERVE_SECONDS, _LONGEST_INVOCATION_SECONDS),
        "sign_in_attempts": (1, math.inf),
        "sign_in_attempts_by_alias": (config.sign_in_attempts + 1, math.inf),
        "sign_in_attempts_by_address": (1, math.inf),
        "sign_in_window_seconds": (1, math.inf),
        "sign_ups_by_address": (1, math.inf),
        "posts_by_account": (1, math.inf),
        "follows_by_account": (1, math.inf),
        "pictures_by_account": (1, math.inf),
        "limit_window_seconds": (1, math.inf),
        "max_body_bytes": (1_000, math.inf),
        "argon2_memory_kib": (8, math.inf),  # RFC 9106, of one lane
        "argon2_passes": (1, math.inf),
        "connect_timeout_seconds": (0.01, 10),
        "read_timeout_seconds": (0.01, 60),
        # Time for an answer after connecting, and for one of ours after that.
        "request_seconds": (
            2 * config.connect_timeout_seconds,
            longest_answer - _BESIDES_AWS_SECONDS,
        ),
    }
