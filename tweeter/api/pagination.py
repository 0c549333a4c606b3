"""Pages over HTTP: the size a client asks for, and cursors that it can't make up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core import signing
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tweeter.errors import InvalidInput
from tweeter.pages import Page, PageRequest

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

T = TypeVar("T")


class CursorPages:
    """The pages of one list: cursors are signed for it, and are good for no other."""

    def __init__(self, request: Request, list_name: str) -> None:
        self._request = request
        self._signer = signing.Signer(salt=f"tweeter.pages:{list_name}")

    def requested(self) -> PageRequest:
        """Return what the query asks for; InvalidInput for any other size than 1 to 100, and
        `invalid_cursor` for a cursor that was not made for this list."""
        return PageRequest(self._size(), self.position())

    def response(self, page: Page[T], serialise: Callable[[Sequence[T]], Any]) -> Response:
        """Return a page as clients see it."""
        body: Mapping[str, Any] = {
            "next": self.next_url(page.next_position),
            "previous": None,
            "results": serialise(page.items),
        }
        return Response(body)

    def _size(self) -> int:
        raw = self._request.query_params.get("page_size", str(DEFAULT_PAGE_SIZE))
        is_number = raw.isascii() and raw.isdigit() and len(raw) <= 4
        if not is_number or not 1 <= int(raw) <= MAX_PAGE_SIZE:
            message = f"page_size is a number from 1 to {MAX_PAGE_SIZE}."
            raise InvalidInput("invalid", message, "page_size")
        return int(raw)

    def position(self) -> str | None:
        """Return where the query asks to go on; InvalidInput `invalid_cursor`."""
        cursor = self._request.query_params.get("cursor")
        if cursor is None:
            return None
        try:
            return self._signer.unsign(cursor)
        except (signing.BadSignature, UnicodeEncodeError) as error:
            message = "This cursor was not made for this list."
            raise InvalidInput("invalid_cursor", message, "cursor") from error

    def next_url(self, position: str | None) -> str | None:
        """Return the address of the page behind a position, None when nothing is left."""
        if position is None:
            return None
        # First the cursor, then the host, which can't always be parsed: a client chooses it.
        path = replace_query_param(
            self._request.get_full_path(), "cursor", self._signer.sign(position)
        )
        return self._request.build_absolute_uri(path)
