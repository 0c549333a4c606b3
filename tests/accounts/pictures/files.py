"""Files of pictures, good and bad, and what becomes of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.pictures import DEFAULT_LIMITS, PictureLimits, render_avatar
from tweeter.errors import InvalidInput

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
