"""Fields that several serializers use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

ANY_TEXT = {"pattern": r"^[^\x00]*$"}
"""Limits of what may be any text; DRF itself refuses NUL."""

_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_CONTROLS_BUT_NEWLINES = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f"
_SPACES = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Python strips besides controls. JavaScript's own `\\s` has one character more."""


def written_text(max_length: int, *, newlines: bool = False) -> dict[str, Any]:
    """Return the limits of 1 to `max_length` characters that are not all white space, without
    control characters. They hold for what is left after NFC and trimming."""
    barred = _CONTROLS_BUT_NEWLINES if newlines else _CONTROLS
    pattern = rf"^[^{barred}]*[^{_CONTROLS}{_SPACES}][^{barred}]*$"
    return {"minLength": 1, "maxLength": max_length, "pattern": pattern}


class TextField(serializers.CharField):
    """A string as it was sent: not trimmed, and never made of a number as DRF's own would.

    What it may contain is for the services to say; blank is theirs to refuse, too. `limits` tell
    clients of it, as far as JSON Schema can: they get into the OpenAPI schema, as does the example,
    and do nothing else.
    """

    def __init__(
        self, *, limits: Mapping[str, Any] | None = None, example: str, **options: Any
    ) -> None:
        super().__init__(trim_whitespace=False, **options)
        self.limits = limits or {}
        self.example = example

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """Return what was sent. DRF takes what is empty in a form for left out, so that it would
        mean something else there than in JSON, and no text could be removed by a form."""
        return dictionary.get(self.field_name, serializers.empty)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the string, blank or not; a ValidationError for anything else."""
        # Not CharField's own, all of whose additions are about blank ones.
        return super(serializers.CharField, self).run_validation(data)

    def to_internal_value(self, data: object) -> str:
        """Return the string; a ValidationError for anything else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data
