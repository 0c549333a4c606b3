"""Reading request bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions, parsers


class JSONParser(parsers.JSONParser):
    """DRF's, which also refuses JSON that is nested deeper than Python can follow."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the JSON says; ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            message = "JSON parse error: nested too deeply"
            raise exceptions.ParseError(message) from error


class MultiPartParser(parsers.MultiPartParser):
    """DRF's, which also refuses a part with a header that Python can't read."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the fields and the files; ParseError or MultiPartParserError."""
        with refused_if_unreadable():
            return super().parse(stream, media_type, parser_context)


@contextmanager
def refused_if_unreadable() -> Iterator[None]:
    """Refuse a form with a part whose header Python can't read: MultiPartParserError, as other bad
    forms are.

    Python's email package raises a TypeError where one piece of a value is numbered and another is
    not (RFC 2231): of `name*=a; name*0=b`, since it compares None with a number.
    """
    try:
        yield
    except TypeError as error:
        message = "A part has a header that can't be read."
        raise MultiPartParserError(message) from error
