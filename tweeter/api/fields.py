"""Fields that several serializers use."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """A string as it was sent: not trimmed, and never made of a number as DRF's own would.

    What it may contain is for the services to say; blank is theirs to refuse, too.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **options)

    def to_internal_value(self, data: object) -> str:
        """Return the string; a ValidationError for anything else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data
