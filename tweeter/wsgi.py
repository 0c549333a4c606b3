"""The WSGI application, for Zappa and for the local server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from tweeter import wiring
from tweeter.api.media_types import with_readable_media_types
from tweeter.config import get_config

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tweeter.settings")


def make_application() -> WSGIApplication:
    """Return Django's application with all that stands before it, whoever serves it."""
    return with_readable_media_types(get_wsgi_application())


def _as_plain_http(application: WSGIApplication) -> WSGIApplication:
    """Say `http` of requests that Zappa takes for HTTPS, as all that API Gateway passes on are.

    A gateway without certificates, in an embedded AWS, takes none other.
    """

    def plain(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "http"
        return application(environ, start_response)

    return plain


def _warm_up() -> None:
    """Load all that the first request would wait for.

    Lambda gives its initialisation a whole CPU, however little memory the function has, and
    SnapStart keeps what was loaded.
    """
    resolve("/feed/")
    wiring.feed_service()
    wiring.session_service()


_config = get_config()
_config.require_for_serving()
application = make_application()
if _config.on_lambda:
    _warm_up()
    if not _config.https:
        application = _as_plain_http(application)
