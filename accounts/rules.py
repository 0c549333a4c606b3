"""What aliases, names and passwords may look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tweeter.errors import InvalidInput

ALIAS = re.compile(r"[A-Za-z0-9_]{1,30}", re.ASCII)
MAX_ALIAS = 30
MAX_NAME = 80
"""Code points of a normalised name."""
MIN_PASSWORD = 8
MAX_PASSWORD = 128

# NFC makes one code point of at most four (U+1F82, for example), and never drops any.
_MAX_RAW_NAME = 4 * MAX_NAME

RESERVED_ALIASES = frozenset(
    [
        "accounts",
        "api",
        "current",
        "docs",
        "feed",
        "health",
        "me",
        "schema",
        "sessions",
        "sign_in",
        "sign_out",
        "static",
        "statuses",
    ]
)
"""Words that stand in paths, now or perhaps later, where an alias could stand."""

PICTURE_KEY = re.compile(r"avatars/[0-9a-f]{64}-[0-9a-f]{16}\.webp", re.ASCII)
"""What the key of a picture looks like that belongs to an account."""


def check_alias(alias: str) -> str:
    """Return the alias as chosen; InvalidInput when it is malformed or reserved."""
    if not alias:
        raise InvalidInput("blank", "An alias is needed.", "alias")
    if len(alias) > MAX_ALIAS:
        message = f"An alias has at most {MAX_ALIAS} characters."
        raise InvalidInput("max_length", message, "alias")
    if not ALIAS.fullmatch(alias):
        message = "An alias is made of the letters A to Z, digits and underscores."
        raise InvalidInput("invalid", message, "alias")
    if alias.lower() in RESERVED_ALIASES:
        raise InvalidInput("reserved", "This alias is reserved.", "alias")
    return alias


def normalise_name(raw: str) -> str:
    """Return the name in NFC without white space around it; InvalidInput when it is not usable."""
    name = raw.strip()
    if not name:
        raise InvalidInput("blank", "A name is needed.", "name")
    # NFC may take quadratic time, in a run of combining marks, and so only sees what may be legal.
    if len(name) <= _MAX_RAW_NAME:
        name = unicodedata.normalize("NFC", name)
    if len(name) > MAX_NAME:
        raise InvalidInput("max_length", f"A name has at most {MAX_NAME} characters.", "name")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise InvalidInput("invalid", "A name has no control characters.", "name")
    return name


def check_password_length(password: str) -> None:
    """Raise InvalidInput unless the password has 8 to 128 characters that UTF-8 can encode."""
    if len(password) < MIN_PASSWORD:
        message = f"A password has at least {MIN_PASSWORD} characters."
        raise InvalidInput("password_too_short", message, "password")
    if len(password) > MAX_PASSWORD:
        message = f"A password has at most {MAX_PASSWORD} characters."
        raise InvalidInput("max_length", message, "password")
    if any(unicodedata.category(character) == "Cs" for character in password):
        raise InvalidInput("invalid", "A password is made of valid characters.", "password")


def raise_problems(*checks: Callable[[], object]) -> None:
    """Run all checks, then raise one InvalidInput with everything that any of them found."""
    problems: list[InvalidInput] = []
    for check in checks:
        try:
            check()
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput.combined(problems)
