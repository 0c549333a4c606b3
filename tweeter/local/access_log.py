"""One line in the log for each request that the local API answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

logger = logging.getLogger("tweeter.access")

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_access_log(application: WsgiApplication) -> WsgiApplication:
    """Return the WSGI application with a line per request: method, path, status, milliseconds.

    The time is what the application needs to begin its answer; bodies and headers, which hold
    passwords and tokens, are never logged.
    """

    def logged(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.monotonic()
        status = "-"

        def note_status(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line.partition(" ")[0]
            return start_response(line, *rest)

        try:
            return application(environ, note_status)
        finally:
            query = environ.get("QUERY_STRING")
            logger.info(
                "%s %s%s %s %d ms",
                environ["REQUEST_METHOD"],
                environ.get("PATH_INFO", ""),
                f"?{query}" if query else "",
                status,
                (time.monotonic() - started) * 1000,
            )

    return logged
