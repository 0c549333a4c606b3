"""The text of a status: its normal form, and the links and mentions in it.

All offsets count code points of the text as it is stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from accounts.rules import MAX_ALIAS
from tweeter.errors import InvalidInput

MAX_TEXT = 280
"""Code points of a normalised text."""

# NFC makes one code point of at most four (U+1F82, for example), and never drops any.
_MAX_RAW = 4 * MAX_TEXT

# Unicode's category Cc but for newline, and lone surrogates, which UTF-8 cannot encode.
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

# After an ASCII letter, digit, "_" or "+" it is the end of a word or of another scheme (git+http).
# Other letters may precede: Chinese and Japanese are written without spaces.
_SCHEME = re.compile(r"(?<![A-Za-z0-9_+])(?ai:https?)://")

# White space, controls, what RFC 3986 (appendix C) puts around URLs, and the invisible characters
# that separate words or turn the direction of what is shown.
_NO_URL_CHARACTER = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f<>\"\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)

_OPENING_OF = dict(zip(")]}）］｝」』】》〉", "([{（［｛「『【《〈", strict=True))  # noqa: RUF001 - CJK
_OPENING = frozenset(_OPENING_OF.values())
_TRAILING = frozenset(".,;:!?'`*") | _OPENING
_TRAILING_CATEGORIES = frozenset({"Po", "Pi", "Pf"})
"""Other scripts' punctuation, and opening and closing quotes; ASCII's is listed one by one, since
a URL may well end in some of it: "/", "#", "%", "&" and "@"."""

_MENTION = re.compile(r"@([A-Za-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Span:
    """A link, or a mention's alias without its "@", and where the whole of it stands in a text."""

    value: str
    start: int
    end: int


def normalise_text(raw: str) -> str:
    """Return the text of a status in NFC, trimmed, with newlines for CRLF and CR.

    InvalidInput on `text`: `blank` for nothing but white space; `invalid` for a control character
    other than newline (a tab, too, even where it would be trimmed) or a lone surrogate;
    `max_length` for more than 280 code points after all that.
    """
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = lines.strip()
    if not text:
        raise InvalidInput("blank", "A status needs some text.", "text")
    if _FORBIDDEN.search(lines):
        message = "A status has no control characters other than newlines."
        raise InvalidInput("invalid", message, "text")
    # NFC may take quadratic time, in a run of combining marks, and so only sees what may be legal.
    if len(text) <= _MAX_RAW:
        text = unicodedata.normalize("NFC", text)
    if len(text) > MAX_TEXT:
        message = f"A status has at most {MAX_TEXT} characters; this one has {len(text)}."
        raise InvalidInput("max_length", message, "text")
    return text


def find_links(text: str) -> tuple[Span, ...]:
    """Return the http and https URLs in a text, in order, as they are written.

    A link ends before the first closing bracket that nothing in it opened, and does not end in
    punctuation; what is left must have a host. Hosts and paths may be in any script.
    """
    links = []
    position = 0
    while match := _SCHEME.search(text, position):
        position = _end_of_url(text, match.end())
        if _has_host(text[match.end() : position]):
            links.append(Span(text[match.start() : position], match.start(), position))
    return tuple(links)


def find_mentions(text: str, links: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return each `@alias` in a text, in order, whether or not that account exists.

    It neither follows a letter, digit, `_` or `@`, nor touches one of the text's `links`. Only
    what an alias may hold belongs to it, so that it may be followed by letters of other scripts
    (`@bob` in "@bobさん"). More than 30 characters are no alias, nor is a part of them.
    """
    linked = {offset for link in links for offset in range(link.start, link.end)}
    return tuple(
        Span(match[1], *match.span())
        for match in _MENTION.finditer(text)
        if len(match[1]) <= MAX_ALIAS
        and linked.isdisjoint(range(*match.span()))
        and not _is_within_word(text, match.start())
    )


def _end_of_url(text: str, start: int) -> int:
    """Return where the URL ends whose scheme ends at `start`; `start` if nothing follows."""
    opened: list[str] = []
    end = start
    while end < len(text) and not _NO_URL_CHARACTER.match(text[end]):
        if text[end] in _OPENING:
            opened.append(text[end])
        elif text[end] in _OPENING_OF and (not opened or opened.pop() != _OPENING_OF[text[end]]):
            break
        end += 1
    while end > start and _is_trailing(text[end - 1]):
        end -= 1
    return end


def _is_trailing(character: str) -> bool:
    if character in _TRAILING:
        return True
    return not character.isascii() and unicodedata.category(character) in _TRAILING_CATEGORIES


def _has_host(rest: str) -> bool:
    """Tell whether what follows "://" has a letter or digit in its host (RFC 3986, section 3.2)."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    host_and_port = authority.rpartition("@")[2]
    # An IPv6 address stands in brackets; elsewhere a colon begins the port.
    host = host_and_port if host_and_port.startswith("[") else host_and_port.partition(":")[0]
    return any(character.isalnum() for character in host)


def _is_within_word(text: str, start: int) -> bool:
    """Tell whether what precedes `start` is a letter, digit, `_` or `@`.

    Combining marks count as what they stand on: as a letter in "ก็", as a symbol in an emoji.
    """
    while start and unicodedata.category(text[start - 1]).startswith("M"):
        start -= 1
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_@")
