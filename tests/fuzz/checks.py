"""What is checked of every answer beside schemathesis' own checks."""

from __future__ import annotations

import unicodedata
from typing import Any

from schemathesis import Case
from schemathesis.core.transport import Response

from accounts.rules import MAX_NAME
from statuses.text import MAX_TEXT

AnyCase = Case[Any]
"""A request, as schemathesis made it."""

_BEYOND_THE_SCHEMA = {
    ("alias", "reserved"),
    ("avatar", "invalid_image"),
    ("current_password", "invalid"),
    ("current_password", "required"),
    ("cursor", "invalid_cursor"),
    ("password", "invalid"),
    ("password", "password_entirely_numeric"),
    ("password", "password_too_common"),
    ("password", "password_too_similar"),
}
"""Why a request may be refused that is right by the schema: what JSON Schema cannot say."""

_LENGTHS = {"name": MAX_NAME, "text": MAX_TEXT}
"""Texts of which NFC may make more characters than were sent."""


def refused_without_reason(case: AnyCase, response: Response) -> str | None:
    """Return what is wrong with refusing a request that is right by the schema."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 400:
        return None
    if case.method != case.operation.method.upper():
        return None
    for error in response.json()["errors"]:
        reason = (error["attr"], error["code"])
        if reason not in _BEYOND_THE_SCHEMA and not _is_longer_in_nfc(case, *reason):
            return f"Refused what the schema allows: {reason}, {error['detail']}"
    return None


def rightly_accepted(case: AnyCase) -> bool:
    """Tell whether a body that breaks the schema breaks no rule: the rules hold for what is left
    after NFC and trimming, and a form without a picture counts as one that left it out."""
    body = case.body
    if not isinstance(body, dict):
        return "form" in (case.media_type or "")  # which arrives as a form without fields
    texts = {name: body.get(name) for name in _LENGTHS if isinstance(body.get(name), str)}
    return any(_is_normalised_first(str(text)) for text in texts.values()) or (
        "form" in (case.media_type or "") and body.get("avatar") == ""
    )


def _is_normalised_first(text: str) -> bool:
    return unicodedata.normalize("NFC", text).strip() != text


def _is_longer_in_nfc(case: AnyCase, attr: str, code: str) -> bool:
    """Tell whether a text got too long only by NFC, which takes some characters apart."""
    if attr not in _LENGTHS or code != "max_length" or not isinstance(case.body, dict):
        return False
    return len(unicodedata.normalize("NFC", str(case.body.get(attr)))) > _LENGTHS[attr]
