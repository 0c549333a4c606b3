"""Pictures in JSON: base64 and data URLs."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.pictures import DEFAULT_LIMITS, decode_avatar_text
from tweeter.errors import InvalidInput, TooLarge

DATA = bytes(range(256))
TEXT = base64.b64encode(DATA).decode()


@pytest.mark.parametrize(
    "value",
    [
        TEXT,
        f"data:image/png;base64,{TEXT}",
        f"DATA:;BASE64,{TEXT}",
        f"data:image/svg+xml;charset=utf-8;base64,{TEXT}",
        f"  {TEXT}\n",
        base64.encodebytes(DATA).decode().replace("\n", "\r\n"),
        TEXT.replace("A", "\tA "),
    ],
)
def test_base64_and_data_urls_are_decoded(value: str) -> None:
    assert decode_avatar_text(value) == DATA


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "A",
        "QUI",
        "QUI=QUI=",
        "QUI=!",
        "-_8=",
        "QÜI=",
        "QUI\0=",
        "data:image/png;base64,",
        "data:image/png;base64",
        "data:image/png,QUI=",
        "http://example.com/a.png",
    ],
)
def test_what_is_not_quite_base64_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_avatar_text(value)
    assert (caught.value.code, caught.value.attr) == ("invalid_image", "avatar")


def test_a_text_that_is_too_long_is_not_even_decoded() -> None:
    with pytest.raises(TooLarge):
        decode_avatar_text("!" * 2 * DEFAULT_LIMITS.max_bytes)


def test_the_largest_picture_fits_with_its_line_breaks() -> None:
    data = bytes(DEFAULT_LIMITS.max_bytes)
    assert decode_avatar_text(base64.encodebytes(data).decode()) == data


@given(st.text())
def test_any_text_is_decoded_or_refused(value: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert decode_avatar_text(value)
