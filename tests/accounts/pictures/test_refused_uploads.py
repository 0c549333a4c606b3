"""What is refused, before it costs much."""

from __future__ import annotations

import contextlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from accounts.pictures import DEFAULT_LIMITS, PictureLimits, render_avatar
from tests.accounts.pictures.files import (
    FORMATS,
    TAIL,
    chunk,
    encoded,
    png,
    profile_with_red_and_green_exchanged,
    quarters,
    refusal,
    render,
)
from tweeter.errors import InvalidInput, TooLarge


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"<!DOCTYPE html><img>",
        b"GIF89a/*" + TAIL + b"*/=1",
        b"\xff\xd8\xff\xe0" + TAIL,
        b"RIFF\x24\0\0\0WEBPVP8 " + TAIL,
        b"\x89PNG\r\n\x1a\n" + TAIL,
        *(encoded(quarters(), other) for other in ("TIFF", "BMP", "ICO", "PPM", "PDF", "AVIF")),
    ],
)
def test_what_is_none_of_the_four_formats_is_refused(data: bytes) -> None:
    assert refusal(data) == "invalid_image"


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_truncated_file_is_refused(image_format: str) -> None:
    data = encoded(Image.effect_noise((300, 300), 90), image_format)
    assert refusal(data[: len(data) // 2]) == "invalid_image"


@pytest.mark.parametrize("size", [(0, 9), (9, 0), (0, 0)])
def test_a_picture_without_pixels_is_refused(size: tuple[int, int]) -> None:
    assert refusal(png(*size)) == "invalid_image"


@pytest.mark.parametrize(
    "size", [(10_000, 5_000), (9_500, 9_500), (20_000, 20_000), (65_536, 1), (1, 65_536)]
)
def test_a_picture_of_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    assert refusal(png(*size)) == "image_too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [
        png(2**31 - 1, 2**31 - 1, pixels=b""),
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0",
        encoded(quarters(), "JPEG").replace(b"\x08\0\x40\0\x40\3", b"\x08\xff\xff\xff\xff\3"),
    ],
    ids=["PNG", "GIF", "WEBP", "JPEG"],
)
def test_a_header_that_promises_too_many_pixels_is_refused(data: bytes) -> None:
    assert refusal(data) == "image_too_many_pixels"


def test_a_webp_may_have_fewer_pixels_than_others() -> None:
    limits = PictureLimits(max_pixels=64 * 64, max_webp_pixels=64 * 64 - 1)
    assert render(encoded(quarters()), limits).size == (64, 64)
    assert refusal(encoded(quarters(), "WEBP"), limits) == "image_too_many_pixels"


def test_a_text_in_a_png_that_inflates_without_end_is_refused() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))
    data = png(1, 1)
    assert refusal(data[:33] + text + data[33:]) == "invalid_image"


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    data = encoded(quarters(), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    assert refusal(data[:-2] + 200 * scan + data[-2:]) == "invalid_image"


def test_a_file_of_too_many_bytes_is_too_large() -> None:
    with pytest.raises(TooLarge):
        render_avatar(png(1, 1) + bytes(DEFAULT_LIMITS.max_bytes), DEFAULT_LIMITS)


@given(st.sampled_from(["", "GIF89a", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n"]), st.binary())
def test_no_bytes_at_all_do_other_harm_than_being_refused(head: str, body: bytes) -> None:
    with pytest.raises(InvalidInput):
        render_avatar(head.encode("latin-1") + body, DEFAULT_LIMITS)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(FORMATS), st.booleans())
def test_a_damaged_file_is_shown_or_refused(
    data: st.DataObject, image_format: str, is_grey: bool
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = profile_with_red_and_green_exchanged()
    image = quarters((16, 16)).convert("L" if is_grey else "RGB")
    whole = bytearray(encoded(image, image_format, exif=exif, icc_profile=profile))
    changes = st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255))
    for offset, value in data.draw(st.lists(changes, min_size=1, max_size=6)):
        whole[offset] = value
    end = data.draw(st.integers(len(whole) // 2, len(whole)))
    limits = PictureLimits(max_pixels=1_000_000, max_webp_pixels=1_000_000)
    with contextlib.suppress(InvalidInput):
        assert render(bytes(whole[:end]), limits).width <= limits.edge
