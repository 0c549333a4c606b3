"""What a picture brings along: it is applied or left aside, and never kept."""

from __future__ import annotations

import struct

import pytest
from PIL import Image, PngImagePlugin

from accounts.pictures import DEFAULT_LIMITS, render_avatar
from tests.accounts.pictures.files import (
    BLUE,
    COLOURS,
    FORMATS,
    GREEN,
    QUARTERS,
    RED,
    TAIL,
    WHITE,
    colours,
    encoded,
    profile_with_red_and_green_exchanged,
    quarters,
    render,
)


@pytest.mark.parametrize(
    ("orientation", "method"),
    [
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(
    image_format: str, orientation: int, method: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(quarters((128, 64)).transpose(method), image_format, exif=exif)
    assert colours(render(data), QUARTERS) == list(COLOURS)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # a warning is only logged when deployed
@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b""])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_is_no_reason_to_refuse_a_picture(image_format: str, exif: bytes) -> None:
    assert render(encoded(quarters(), image_format, exif=exif)).size == (64, 64)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_left(image_format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret description"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a secret comment")
    options = {"exif": exif, "xmp": b"<x>secret</x>", "comment": b"secret", "pnginfo": text}
    data = encoded(
        quarters(), image_format, icc_profile=profile_with_red_and_green_exchanged(), **options
    )
    assert b"secret" in data
    content = render_avatar(data, DEFAULT_LIMITS).content
    assert b"secret" not in content
    assert content[12:16] in {b"VP8 ", b"VP8L"}  # the simple format has no room for metadata
    assert len(content) == 20 + struct.unpack_from("<I", content, 16)[0]


def test_colours_are_taken_through_the_profile() -> None:
    profile = profile_with_red_and_green_exchanged()
    image = render(encoded(quarters(), icc_profile=profile))
    assert colours(image, QUARTERS) == [GREEN, RED, BLUE, WHITE]


def test_transparency_outlives_a_profile() -> None:
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 128))
    result = render(encoded(image, icc_profile=profile_with_red_and_green_exchanged()))
    assert result.getpixel((4, 4)) == pytest.approx((0, 255, 0, 128), abs=8)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("profile", [b"no profile", profile_with_red_and_green_exchanged()[:150]])
def test_a_damaged_profile_is_left_aside(mode: str, profile: bytes) -> None:
    image = Image.new(mode, (8, 8), "white")
    assert colours(render(encoded(image, icc_profile=profile)), [(0, 0)]) == [WHITE]


def test_a_profile_for_other_colours_is_left_aside() -> None:
    data = encoded(Image.new("L", (8, 8), 255), icc_profile=profile_with_red_and_green_exchanged())
    assert colours(render(data), [(0, 0)]) == [WHITE]


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_tail_behind_a_picture_is_gone(image_format: str) -> None:
    content = render_avatar(encoded(quarters(), image_format) + TAIL, DEFAULT_LIMITS).content
    assert b"script" not in content
    assert b"PK\x03\x04" not in content
