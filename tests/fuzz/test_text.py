"""Texts of statuses and names: spans that fit, one normal form, and no text that takes long."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from typing import SupportsIndex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.rules import normalise_name
from statuses.serializers import PostSerializer
from statuses.text import MAX_TEXT, Span, find_links, find_mentions, normalise_text
from tests.fuzz.effort import effort
from tweeter.api.fields import TextField
from tweeter.errors import InvalidInput

PIECES = st.sampled_from(
    [
        *("http://", "https://", "@bob", "@", "(", ")", "[", "]", "」", ".", ",", "!", "/", ":"),
        *("?", "#", "a", "é", "e\u0301", "\u0301", "さ", "😀", " ", "\n", "\u200b", "\u202e", "_"),
        *("0", "x" * 31),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=80).map("".join)
REPEATED = st.tuples(st.lists(PIECES, min_size=1, max_size=4).map("".join), st.integers(1, 400))


def spans_of(text: str) -> list[Span]:
    links = find_links(text)
    return sorted([*links, *find_mentions(text, links)], key=lambda span: span.start)


@effort(500)
@given(TEXTS)
def test_spans_lie_in_the_text_apart_and_hold_what_they_say(text: str) -> None:
    position = 0
    for span in spans_of(text):
        assert position <= span.start < span.end <= len(text)
        held = text[span.start : span.end]
        assert held.removeprefix("@") == span.value if held[0] == "@" else held == span.value
        position = span.end


@effort(500)
@given(TEXTS)
def test_a_normal_form_stays_as_it_is(text: str) -> None:
    with suppress(InvalidInput):
        once = normalise_text(text)
        assert normalise_text(once) == once
        assert 1 <= len(once) <= MAX_TEXT
        assert unicodedata.is_normalized("NFC", once)


@effort(300)
@given(st.text(max_size=100))
def test_the_normal_form_of_a_name_stays_as_it_is(raw: str) -> None:
    with suppress(InvalidInput):
        once = normalise_name(raw)
        assert normalise_name(once) == once
        assert 1 <= len(once) <= 80


class Counted(str):
    """A text that counts how often its characters are looked at, one by one or in slices."""

    looks = 0
    __slots__ = ()

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        found = super().__getitem__(key)
        Counted.looks += len(found) + 1
        return found


@effort(300)
@given(REPEATED)
@example(("http://(", 400))
@example(("http://.", 400))
@example(("http://a)", 400))
@example(("@a\u0301", 400))
@example(("\u0301@", 400))
def test_looking_for_spans_takes_time_by_length(repeated: tuple[str, int]) -> None:
    piece, times = repeated
    text = Counted(piece * times)
    Counted.looks = 0
    find_mentions(text, find_links(text))
    assert Counted.looks <= 12 * len(text) + 12


@effort(300)
@given(st.text(max_size=300) | TEXTS)
def test_the_schema_and_the_rules_agree_on_texts(text: str) -> None:
    """The schema is about what is sent, the rules about what is left after trimming and NFC; so
    they are compared where both are the same."""
    if unicodedata.normalize("NFC", text).strip() != text or "\r" in text:
        return
    field = PostSerializer().fields["text"]
    assert isinstance(field, TextField)
    limits = field.limits
    fits = limits["minLength"] <= len(text) <= limits["maxLength"] and pattern_matches(text, limits)
    if fits:
        assert normalise_text(text) == text
    else:
        with pytest.raises(InvalidInput):
            normalise_text(text)


def pattern_matches(text: str, limits: Mapping[str, str]) -> bool:
    return re.search(limits["pattern"].replace("$", r"\Z"), text) is not None
