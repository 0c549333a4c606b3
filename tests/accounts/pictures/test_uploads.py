"""What may be uploaded, and how it is stored."""

from __future__ import annotations

import pytest
from PIL import Image

from accounts.pictures import DEFAULT_LIMITS, render_avatar
from tests.accounts.pictures.files import (
    BLUE,
    COLOURS,
    FORMATS,
    QUARTERS,
    RED,
    colours,
    encoded,
    png,
    quarters,
    render,
)


@pytest.mark.parametrize("image_format", FORMATS)
def test_the_four_formats_become_webp(image_format: str) -> None:
    image = render(encoded(quarters(), image_format))
    assert colours(image, QUARTERS) == list(COLOURS)


def test_a_multi_picture_file_of_a_phone_is_a_jpeg() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[quarters((32, 32))])
    assert render(data).size == (64, 64)


def test_a_large_picture_becomes_as_small_as_is_stored() -> None:
    assert render(encoded(quarters((1_000, 1_000)))).size == (400, 400)


def test_a_large_jpeg_becomes_as_small_as_is_stored() -> None:
    image = render(encoded(quarters((5_000, 4_000)), "JPEG"))
    assert image.size == (400, 400)
    assert colours(image, QUARTERS) == list(COLOURS)


@pytest.mark.parametrize("size", [(1, 1), (33, 33), (399, 399)])
def test_a_small_picture_is_not_made_larger(size: tuple[int, int]) -> None:
    assert render(encoded(quarters(size))).size == size


@pytest.mark.parametrize("size", [(300, 100), (100, 300)])
def test_the_centre_is_cut_out(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, ((size[0] - 100) // 2, (size[1] - 100) // 2, *(sum(size) // 2,) * 2))
    result = render(encoded(image))
    assert result.size == (100, 100)
    assert colours(result, [(0.05, 0.05), (0.95, 0.95)]) == [BLUE, BLUE]


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
def test_a_line_gives_a_single_pixel(size: tuple[int, int]) -> None:
    assert render(png(*size)).size == (1, 1)


def test_the_same_picture_gives_the_same_bytes() -> None:
    data = encoded(quarters((900, 700)), "JPEG")
    assert render_avatar(data, DEFAULT_LIMITS) == render_avatar(data, DEFAULT_LIMITS)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_may_have_any_mode(mode: str) -> None:
    assert colours(render(encoded(Image.new(mode, (8, 8)))), [(0, 0)]) == [(0, 0, 0)]


def test_16_bits_of_grey_keep_their_shades() -> None:
    pixel = render(encoded(Image.new("I;16", (8, 8), 0x4000))).convert("L").getpixel((4, 4))
    assert pixel == pytest.approx(0x40, abs=2)


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    assert colours(render(encoded(quarters().convert("CMYK"), "JPEG")), QUARTERS) == [*COLOURS]


def test_a_transparent_colour_of_a_palette_stays_transparent() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([*RED, *BLUE])
    image.paste(0, (0, 0, 4, 8))
    result = render(encoded(image, transparency=0))
    assert result.mode == "RGBA"
    assert [result.getchannel("A").getpixel((x, 4)) for x in (1, 6)] == [0, 255]


def test_only_the_first_of_1000_frames_is_kept() -> None:
    frames = [Image.new("RGB", (4, 4), (value % 256, value // 4, 0)) for value in range(1_000)]
    data = encoded(Image.new("RGB", (4, 4), BLUE), "GIF", save_all=True, append_images=frames)
    result = render(data)
    assert getattr(result, "n_frames", 1) == 1
    assert colours(result, [(0.5, 0.5)]) == [BLUE]
