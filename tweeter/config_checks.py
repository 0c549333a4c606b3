"""Which values of the settings make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from tweeter.deadline import RESERVE_SECONDS

if TYPE_CHECKING:
    from tweeter.config import Config

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_TEN_YEARS_SECONDS = 3_650 * 86_400
_MOST_CAPACITY = 40_000
"""Of a table, either kind, unless AWS was asked for more (AWS: quotas of DynamoDB)."""
_MOST_ATTEMPTS = 1_000_000
"""Within a window: as good as no limit."""
_MOST_BODY_BYTES = 4_500_000
"""What fits through API Gateway and Lambda when binary."""
_MOST_ARGON2_KIB = 262_144
"""Half of the function's 512 MB; the program itself needs some."""
_LONGEST_INVOCATION_SECONDS = 900  # Lambda's
_GATEWAY_SECONDS = 29
"""When API Gateway gives up."""
_BESIDES_AWS_SECONDS = 2
"""What a request takes at most besides waiting for AWS."""
_SPARE_SECONDS = 1
"""How long before anybody gives up an answer is there."""


def check(config: Config) -> None:
    """Refuse values that would only fail later, or silently weaken something.

    ImproperlyConfigured names the variable and what it may be.
    """
    for name, (least, most) in _ranges(config).items():
        if not least <= getattr(config, name) <= most:  # so that NaN is refused, too
            message = f"TWEETER_{name.upper()} must be {least:.10g} to {most:.10g}"
            raise ImproperlyConfigured(message)
    if config.log_level not in _LOG_LEVELS:
        choice = ", ".join(_LOG_LEVELS)
        message = f"TWEETER_LOG_LEVEL is {config.log_level!r}; it must be one of {choice}"
        raise ImproperlyConfigured(message)


def _ranges(config: Config) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest sensible value of each number.

    They are checked in this order. Where one depends on another, that comes first, and leaves some
    room for it, whatever it is.
    """
    given_up = min(_GATEWAY_SECONDS, config.function_timeout_seconds)
    longest_request = given_up - _SPARE_SECONDS - _BESIDES_AWS_SECONDS
    return {
        "hsts_seconds": (0, _TEN_YEARS_SECONDS),
        "session_minutes": (1, _TEN_YEARS_SECONDS // 60),
        "feed_write_capacity": (1, _MOST_CAPACITY),
        "feed_read_capacity": (1, _MOST_CAPACITY),
        "chunk_size": (25, 1_000),
        "function_timeout_seconds": (2 * RESERVE_SECONDS, _LONGEST_INVOCATION_SECONDS),
        "sign_in_attempts": (1, _MOST_ATTEMPTS),
        "sign_in_attempts_by_alias": (config.sign_in_attempts + 1, _MOST_ATTEMPTS + 1),
        "sign_in_attempts_by_address": (1, _MOST_ATTEMPTS),
        "sign_in_window_seconds": (1, _TEN_YEARS_SECONDS),
        "sign_ups_by_address": (1, _MOST_ATTEMPTS),
        "posts_by_account": (1, _MOST_ATTEMPTS),
        "follows_by_account": (1, _MOST_ATTEMPTS),
        "pictures_by_account": (1, _MOST_ATTEMPTS),
        "limit_window_seconds": (1, _TEN_YEARS_SECONDS),
        "max_body_bytes": (1_000, _MOST_BODY_BYTES),
        "argon2_memory_kib": (8, _MOST_ARGON2_KIB),  # the least by RFC 9106, of one lane
        "argon2_passes": (1, 20),
        # Within a request there is time for an answer after connecting, and for one of ours then.
        "connect_timeout_seconds": (0.01, min(10, longest_request / 2)),
        "read_timeout_seconds": (0.01, 60),
        "request_seconds": (2 * config.connect_timeout_seconds, longest_request),
    }
