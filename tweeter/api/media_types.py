"""Headers that name media types, as all that stands behind can read them."""

from __future__ import annotations

import codecs
from collections.abc import MutableMapping
from email.message import Message
from typing import TYPE_CHECKING, Any

from django.utils.http import parse_header_parameters

from tweeter.api.request_head import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_UNREADABLE = "application/octet-stream"
"""What no parser of ours reads: a body of this type is a 415."""
_UTF_8 = frozenset({"utf-8", "ascii"})
"""Charsets of which every text is UTF-8, by their names in Python."""
_LONGEST = 256
"""Characters of a media type; Django REST Framework reads none that is longer, either."""


def with_readable_media_types(application: WSGIApplication) -> WSGIApplication:
    """Return the application, which is given no media type that it would stumble over.

    This comes before Django and not into its middleware: Django parses a request's Content-Type
    before that, and if it names a charset, the query too, by that charset. What goes wrong there is
    an answer without a shape, an id, its headers and a line in the log.
    """

    def readable(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        make_readable(environ)
        return application(environ, start_response)

    return readable


def make_readable(environ: MutableMapping[str, Any]) -> None:
    """Leave in a WSGI environment only media types that can be read.

    A Content-Type loses its charset if that is UTF-8, as all that is read is. One that can't be
    parsed, or has another charset, becomes one that nothing reads: so a body is a 415, and nothing
    else is answered otherwise. Accept loses the types that can't be parsed.
    """
    for name in ("CONTENT_TYPE", "HTTP_CONTENT_TYPE"):  # Zappa gives both, or the second alone
        if environ.get(name):
            environ[name] = _content_type(environ[name])
    accept = environ.get("HTTP_ACCEPT")
    if accept and len(accept) <= MAX_HEAD_BYTES:  # a longer one is refused, unread
        kept = [each for each in accept.split(",") if _parameters(each) is not None]
        environ["HTTP_ACCEPT"] = ",".join(kept)


def _content_type(value: str) -> str:
    parameters = _parameters(value)
    if parameters is None or not _is_utf_8(parameters.get("charset", "utf-8")):
        return _UNREADABLE
    if "charset" not in parameters:
        return value
    message = Message()
    message["Content-Type"] = value
    message.del_param("charset")
    return str(message["Content-Type"])


def _parameters(media_type: str) -> dict[str, str] | None:
    """Return the parameters of a media type, None if it can't be parsed."""
    if len(media_type) > _LONGEST:
        return None
    try:
        return parse_header_parameters(media_type)[1]
    except (TypeError, ValueError):  # the first by Python's parser, of `x*=a; x*0=b`
        return None


def _is_utf_8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in _UTF_8
    except (LookupError, ValueError):
        return False
