"""JSON as HTML: keys and values told apart, addresses to click on."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|(?P<word>\b(?:true|false|null)\b|-?\d[\d.eE+-]*)'
)
_ADDRESS = re.compile(r'"(https?://[^\s"\\<>]+)"')


def json_markup(text: str) -> SafeString:
    """Return JSON as HTML; a string that is an address as a whole becomes a link.

    An address within other text stays text: where it ends is told beside it (`links` of a status).
    """
    parts: list[str] = []
    at = 0
    for token in _TOKEN.finditer(text):
        parts += [text[at : token.start()], _token(token)]
        at = token.end()
    parts.append(text[at:])
    return format_html_join("", "{}", ((part,) for part in parts))


def _token(token: re.Match[str]) -> SafeString:
    if token["word"]:
        return format_html('<span class="word">{}</span>', token["word"])
    if token["colon"]:
        return format_html('<span class="key">{}</span>{}', token["string"], token["colon"])
    address = _ADDRESS.fullmatch(token["string"])
    if address:
        return format_html('"<a href="{0}" rel="nofollow noreferrer">{0}</a>"', address[1])
    return format_html('<span class="string">{}</span>', token["string"])
