"""A picture in JSON: base64 or a data URL, or the client's mistake."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from accounts.pictures import decode_avatar_text
from tests.fuzz.effort import effort
from tests.fuzz.mutations import damaged_text
from tweeter.errors import InvalidInput, TooLarge

HEADS = st.sampled_from(["", "data:;base64,", "data:image/png;base64,", "DATA:x;charset=é;BASE64,"])
SPACE = st.text(" \t\r\n", max_size=3)


@effort(300)
@given(HEADS, st.binary(min_size=1), SPACE, SPACE, st.integers(0, 100))
def test_what_was_encoded_comes_back(
    head: str, data: bytes, before: str, within: str, place: int
) -> None:
    encoded = b64encode(data).decode()
    spaced = encoded[:place] + within + encoded[place:]
    assert decode_avatar_text(before + head + spaced) == data


@effort(500)
@given(st.data())
def test_anything_else_is_bytes_or_a_mistake(data: st.DataObject) -> None:
    valid = data.draw(HEADS) + b64encode(data.draw(st.binary(max_size=30))).decode()
    text = data.draw(st.text(max_size=60) | damaged_text(valid))
    with suppress(InvalidInput, TooLarge):
        assert decode_avatar_text(text)
