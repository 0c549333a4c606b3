from __future__ import annotations

import base64
import contextlib
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from accounts.pictures import (
    DEFAULT_LIMITS,
    PictureLimits,
    decode_avatar_text,
    draw_default,
    draw_initials,
    render_avatar,
)
from tweeter.errors import InvalidInput, TooLarge

FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]
TAIL = b"<script>alert('owned')</script>PK\x03\x04"
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
COLOURS = (RED, GREEN, BLUE, WHITE)
QUARTERS = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
"""Where `quarters` has these colours, as parts of the width and height."""


def encoded(image: Image.Image, image_format: str = "PNG", **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, image_format, **options)
    return output.getvalue()


def quarters(size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Return red and green above blue and white."""
    image = Image.new("RGB", (2, 2))
    for position, colour in zip(((0, 0), (1, 0), (0, 1), (1, 1)), COLOURS, strict=True):
        image.putpixel(position, colour)
    return image.resize(size, Image.Resampling.NEAREST)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, pixels: bytes | None = None) -> bytes:
    """Return a PNG of 1 bit a pixel with this header, black throughout unless pixels are given."""
    if pixels is None:
        pixels = bytes(height * (1 + (width + 7) // 8))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def profile_with_red_and_green_exchanged() -> bytes:
    """Return an ICC profile (ICC.1:2001-04) for linear light, two primaries exchanged."""

    def fixed(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65_536) for value in values))

    curve = b"curv\0\0\0\0" + struct.pack(">I", 0) + bytes(4)
    tags = {
        b"gXYZ": fixed(0.4361, 0.2225, 0.0139),
        b"rXYZ": fixed(0.3851, 0.7169, 0.0971),
        b"bXYZ": fixed(0.1431, 0.0606, 0.7141),
        b"wtpt": fixed(0.9642, 1.0, 0.8249),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = struct.pack(">I", offset + len(body))
    head = size + bytes(4) + b"\2\x20\0\0" + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63_190, 65_536, 54_061) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + body


def render(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Image.Image:
    picture = render_avatar(data, limits)
    assert picture.content_type == "image/webp"
    image = Image.open(BytesIO(picture.content), formats=["WEBP"])
    image.load()
    return image


def refusal(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> str:
    with pytest.raises(InvalidInput) as caught:
        render_avatar(data, limits)
    assert caught.value.attr == "avatar"
    return caught.value.code


def colours(image: Image.Image, points: Iterable[tuple[float, float]]) -> list[tuple[int, ...]]:
    """Return the colours at these parts of the width and height, to the nearest of full ones."""
    rgb = image.convert("RGB")
    corners = ((int(x * image.width), int(y * image.height)) for x, y in points)
    pixels = (rgb.crop((left, top, left + 1, top + 1)).tobytes() for left, top in corners)
    return [tuple(255 * round(value / 255) for value in pixel) for pixel in pixels]


class TestAcceptedPictures:
    @pytest.mark.parametrize("image_format", FORMATS)
    def test_the_four_formats_become_webp(self, image_format: str) -> None:
        image = render(encoded(quarters(), image_format))
        assert colours(image, QUARTERS) == list(COLOURS)

    def test_a_multi_picture_file_of_a_phone_is_a_jpeg(self) -> None:
        data = encoded(quarters(), "MPO", save_all=True, append_images=[quarters((32, 32))])
        assert render(data).size == (64, 64)

    def test_a_large_picture_becomes_as_small_as_is_stored(self) -> None:
        assert render(encoded(quarters((1_000, 1_000)))).size == (400, 400)

    def test_a_large_jpeg_becomes_as_small_as_is_stored(self) -> None:
        image = render(encoded(quarters((5_000, 4_000)), "JPEG"))
        assert image.size == (400, 400)
        assert colours(image, QUARTERS) == list(COLOURS)

    @pytest.mark.parametrize("size", [(1, 1), (33, 33), (399, 399)])
    def test_a_small_picture_is_not_made_larger(self, size: tuple[int, int]) -> None:
        assert render(encoded(quarters(size))).size == size

    @pytest.mark.parametrize("size", [(300, 100), (100, 300)])
    def test_the_centre_is_cut_out(self, size: tuple[int, int]) -> None:
        image = Image.new("RGB", size, RED)
        image.paste(BLUE, ((size[0] - 100) // 2, (size[1] - 100) // 2, *(sum(size) // 2,) * 2))
        result = render(encoded(image))
        assert result.size == (100, 100)
        assert colours(result, [(0.05, 0.05), (0.95, 0.95)]) == [BLUE, BLUE]

    @pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
    def test_a_line_gives_a_single_pixel(self, size: tuple[int, int]) -> None:
        assert render(png(*size)).size == (1, 1)

    def test_the_same_picture_gives_the_same_bytes(self) -> None:
        data = encoded(quarters((900, 700)), "JPEG")
        assert render_avatar(data, DEFAULT_LIMITS) == render_avatar(data, DEFAULT_LIMITS)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
    def test_a_png_may_have_any_mode(self, mode: str) -> None:
        assert colours(render(encoded(Image.new(mode, (8, 8)))), [(0, 0)]) == [(0, 0, 0)]

    def test_16_bits_of_grey_keep_their_shades(self) -> None:
        pixel = render(encoded(Image.new("I;16", (8, 8), 0x4000))).convert("L").getpixel((4, 4))
        assert pixel == pytest.approx(0x40, abs=2)

    def test_a_cmyk_jpeg_keeps_its_colours(self) -> None:
        assert colours(render(encoded(quarters().convert("CMYK"), "JPEG")), QUARTERS) == [*COLOURS]

    def test_a_transparent_colour_of_a_palette_stays_transparent(self) -> None:
        image = Image.new("P", (8, 8), 1)
        image.putpalette([*RED, *BLUE])
        image.paste(0, (0, 0, 4, 8))
        result = render(encoded(image, transparency=0))
        assert result.mode == "RGBA"
        assert [result.getchannel("A").getpixel((x, 4)) for x in (1, 6)] == [0, 255]

    def test_only_the_first_of_1000_frames_is_kept(self) -> None:
        frames = [Image.new("RGB", (4, 4), (value % 256, value // 4, 0)) for value in range(1_000)]
        data = encoded(Image.new("RGB", (4, 4), BLUE), "GIF", save_all=True, append_images=frames)
        result = render(data)
        assert getattr(result, "n_frames", 1) == 1
        assert colours(result, [(0.5, 0.5)]) == [BLUE]


class TestMetadata:
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
        self, image_format: str, orientation: int, method: Image.Transpose
    ) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = encoded(quarters((128, 64)).transpose(method), image_format, exif=exif)
        assert colours(render(data), QUARTERS) == list(COLOURS)

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # a warning is only logged when deployed
    @pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b""])
    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_damaged_exif_is_no_reason_to_refuse_a_picture(
        self, image_format: str, exif: bytes
    ) -> None:
        assert render(encoded(quarters(), image_format, exif=exif)).size == (64, 64)

    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_nothing_but_pixels_is_left(self, image_format: str) -> None:
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

    def test_colours_are_taken_through_the_profile(self) -> None:
        profile = profile_with_red_and_green_exchanged()
        image = render(encoded(quarters(), icc_profile=profile))
        assert colours(image, QUARTERS) == [GREEN, RED, BLUE, WHITE]

    def test_transparency_outlives_a_profile(self) -> None:
        image = Image.new("RGBA", (8, 8), (255, 0, 0, 128))
        result = render(encoded(image, icc_profile=profile_with_red_and_green_exchanged()))
        assert result.getpixel((4, 4)) == pytest.approx((0, 255, 0, 128), abs=8)

    @pytest.mark.parametrize("mode", ["RGB", "L"])
    @pytest.mark.parametrize(
        "profile", [b"no profile", profile_with_red_and_green_exchanged()[:150]]
    )
    def test_a_damaged_profile_is_left_aside(self, mode: str, profile: bytes) -> None:
        image = Image.new(mode, (8, 8), "white")
        assert colours(render(encoded(image, icc_profile=profile)), [(0, 0)]) == [WHITE]

    def test_a_profile_for_other_colours_is_left_aside(self) -> None:
        data = encoded(
            Image.new("L", (8, 8), 255), icc_profile=profile_with_red_and_green_exchanged()
        )
        assert colours(render(data), [(0, 0)]) == [WHITE]

    @pytest.mark.parametrize("image_format", FORMATS)
    def test_a_tail_behind_a_picture_is_gone(self, image_format: str) -> None:
        content = render_avatar(encoded(quarters(), image_format) + TAIL, DEFAULT_LIMITS).content
        assert b"script" not in content
        assert b"PK\x03\x04" not in content


class TestRefusedPictures:
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
    def test_what_is_none_of_the_four_formats(self, data: bytes) -> None:
        assert refusal(data) == "invalid_image"

    @pytest.mark.parametrize("image_format", FORMATS)
    def test_a_truncated_file(self, image_format: str) -> None:
        data = encoded(Image.effect_noise((300, 300), 90), image_format)
        assert refusal(data[: len(data) // 2]) == "invalid_image"

    @pytest.mark.parametrize("size", [(0, 9), (9, 0), (0, 0)])
    def test_a_picture_without_pixels(self, size: tuple[int, int]) -> None:
        assert refusal(png(*size)) == "invalid_image"

    @pytest.mark.parametrize("size", [(10_000, 5_000), (9_500, 9_500), (20_000, 20_000)])
    def test_a_picture_of_too_many_pixels(self, size: tuple[int, int]) -> None:
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
    def test_a_header_that_promises_too_many_pixels(self, data: bytes) -> None:
        assert refusal(data) == "image_too_many_pixels"

    def test_a_webp_may_have_fewer_pixels_than_others(self) -> None:
        limits = PictureLimits(max_pixels=64 * 64, max_webp_pixels=64 * 64 - 1)
        assert render(encoded(quarters()), limits).size == (64, 64)
        assert refusal(encoded(quarters(), "WEBP"), limits) == "image_too_many_pixels"

    def test_a_text_in_a_png_that_inflates_without_end(self) -> None:
        text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))
        data = png(1, 1)
        assert refusal(data[:33] + text + data[33:]) == "invalid_image"

    def test_a_jpeg_of_very_many_scans(self) -> None:
        data = encoded(quarters(), "JPEG", progressive=True)
        scan = data[data.rindex(b"\xff\xda") : -2]
        assert refusal(data[:-2] + 200 * scan + data[-2:]) == "invalid_image"

    def test_a_file_of_too_many_bytes_is_too_large(self) -> None:
        with pytest.raises(TooLarge):
            render_avatar(png(1, 1) + bytes(DEFAULT_LIMITS.max_bytes), DEFAULT_LIMITS)

    @given(st.sampled_from(["", "GIF89a", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n"]), st.binary())
    def test_no_bytes_at_all_do_other_harm_than_being_refused(self, head: str, body: bytes) -> None:
        with pytest.raises(InvalidInput):
            render_avatar(head.encode("latin-1") + body, DEFAULT_LIMITS)

    @settings(max_examples=300, deadline=None)
    @given(st.data(), st.sampled_from(FORMATS), st.booleans())
    def test_a_damaged_file_is_shown_or_refused(
        self, data: st.DataObject, image_format: str, is_grey: bool
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


DATA = bytes(range(256))
TEXT = base64.b64encode(DATA).decode()


class TestPicturesInText:
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
    def test_base64_and_data_urls_are_decoded(self, value: str) -> None:
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
    def test_what_is_not_quite_base64_is_refused(self, value: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            decode_avatar_text(value)
        assert (caught.value.code, caught.value.attr) == ("invalid_image", "avatar")

    def test_a_text_that_is_too_long_is_not_even_decoded(self) -> None:
        with pytest.raises(TooLarge):
            decode_avatar_text("!" * 2 * DEFAULT_LIMITS.max_bytes)

    def test_the_largest_picture_fits_with_its_line_breaks(self) -> None:
        data = bytes(DEFAULT_LIMITS.max_bytes)
        assert decode_avatar_text(base64.encodebytes(data).decode()) == data

    @given(st.text())
    def test_any_text_is_decoded_or_refused(self, value: str) -> None:
        with contextlib.suppress(InvalidInput):
            assert decode_avatar_text(value)


class TestDrawnPictures:
    def test_initials_are_drawn_the_same_each_time(self) -> None:
        assert draw_initials("Ada Lovelace", "ada") == draw_initials("Ada Lovelace", "ada")

    def test_the_seed_chooses_the_colours(self) -> None:
        assert draw_initials("Ada Lovelace", "ada") != draw_initials("Ada Lovelace", "bob")

    def test_the_name_chooses_the_letters(self) -> None:
        assert draw_initials("Ada Lovelace", "ada") != draw_initials("Ada Byron", "ada")

    def test_first_and_last_initial_without_accents_are_shown(self) -> None:
        assert draw_initials("élise de la tour", "e") == draw_initials("E T", "e")

    def test_a_name_in_another_script_gets_a_silhouette(self) -> None:
        assert (
            draw_initials("山田 太郎", "y")
            == draw_initials("☺", "y")
            == draw_initials("Øyvind", "y")
        )

    @pytest.mark.parametrize("content", [draw_initials("Ada", "ada"), draw_default()])
    def test_drawn_pictures_pass_as_uploads(self, content: bytes) -> None:
        assert render(content).size == (400, 400)

    def test_a_drawn_picture_is_as_large_as_asked_for(self) -> None:
        assert Image.open(BytesIO(draw_default(edge=64))).size == (64, 64)


def test_no_cold_start_pays_for_pillow() -> None:
    program = "import sys, accounts.pictures; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
