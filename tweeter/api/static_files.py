"""Addresses of the static files, wherever the API is mounted."""

from __future__ import annotations

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class StaticFiles(StaticFilesStorage):
    """Static files whose addresses begin with the prefix that the present request came by.

    Django puts a prefix before a relative STATIC_URL too, but keeps the first one that it sees for
    the whole process, while one process answers at `/dev/` as well as at a domain of its own.
    """

    def url(self, name: str | None) -> str:
        """Return the path of a file, e.g. `/dev/static/tweeter/pages.css`."""
        return get_script_prefix().rstrip("/") + super().url(name)
