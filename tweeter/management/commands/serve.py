"""`manage.py serve`: the API by waitress on this machine."""

from __future__ import annotations

import logging
import signal
from argparse import ArgumentParser
from typing import Any

import waitress
from django.core.management.base import BaseCommand, CommandError

from tweeter.api.request_head import MAX_HEAD_BYTES
from tweeter.config import get_config
from tweeter.local.ports import LOOPBACK, is_free, port_number
from tweeter.wsgi import application

logger = logging.getLogger(__name__)

_THREADS = 8
_HEADROOM = 10
"""The server accepts bodies and headers so many times as large as the API does, so that it is the
API that answers 413, in its own shape; only what is larger still is refused by the server."""


class Command(BaseCommand):
    """Serves the API on the loopback address."""

    help = "Serves the API on 127.0.0.1 until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=port_number, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until the first signal; requests under way may finish."""
        port: int = options["port"]
        if not is_free(port):
            message = f"Port {port} is in use; choose another one with --port."
            raise CommandError(message)
        server = waitress.create_server(
            application,
            host=LOOPBACK,
            port=port,
            threads=_THREADS,
            max_request_body_size=_HEADROOM * get_config().max_body_bytes,
            max_request_header_size=_HEADROOM * MAX_HEAD_BYTES,
            url_scheme="http",
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        logger.info("Serving on http://%s:%d/", LOOPBACK, port)
        server.run()  # waitress takes KeyboardInterrupt for the end, and lets its threads finish
        server.close()
