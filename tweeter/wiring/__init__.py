"""Which implementation stands behind which interface: every service, built once a process.

Imports of what is built stand inside the functions, since a cold start should pay for what it uses
only: a worker needs no picture library, and a page of a feed no password hasher.
"""

from tweeter.wiring import accounts, feeds, limits, queues, removal, statuses
from tweeter.wiring.accounts import (
    account_service,
    follow_service,
    picture_service,
    picture_store,
    pictures_address,
    session_service,
)
from tweeter.wiring.feeds import chunk_writer, fan_out, feed_service, pacer
from tweeter.wiring.queues import fan_out_queue, feed_queue
from tweeter.wiring.removal import account_remover
from tweeter.wiring.statuses import export_service, status_service

__all__ = [
    "account_remover",
    "account_service",
    "chunk_writer",
    "export_service",
    "fan_out",
    "fan_out_queue",
    "feed_queue",
    "feed_service",
    "follow_service",
    "forget",
    "pacer",
    "picture_service",
    "picture_store",
    "pictures_address",
    "session_service",
    "status_service",
]

_MODULES = (accounts, feeds, limits, queues, removal, statuses)


def forget() -> None:
    """Build everything anew when it is next asked for: after the configuration has changed."""
    for module in _MODULES:
        for build in vars(module).values():
            is_own = getattr(build, "__module__", None) == module.__name__
            if is_own and hasattr(build, "cache_clear"):
                build.cache_clear()
