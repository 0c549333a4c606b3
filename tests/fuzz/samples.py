"""Small valid pictures of every kind that is accepted, to send and to damage."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO

from PIL import Image

SECRET = b"SECRET-PLACE"
"""What some samples carry in their metadata."""


def _encoded(kind: str, mode: str, **options: object) -> bytes:
    image = Image.linear_gradient("L").resize((24, 16)).convert(mode)
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def _moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (12, 12), colour) for colour in ("red", "green", "blue")]
    output = BytesIO()
    frames[0].save(output, kind, save_all=True, append_images=frames[1:], duration=50)
    return output.getvalue()


def _with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned
    exif[0x010E] = SECRET.decode()  # description
    return _encoded("JPEG", "RGB", exif=exif, comment=SECRET)


@cache
def pictures() -> tuple[bytes, ...]:
    """Return them."""
    return (
        _encoded("JPEG", "RGB"),
        _encoded("JPEG", "CMYK", progressive=True),
        _with_metadata(),
        _encoded("PNG", "RGB"),
        _encoded("PNG", "RGBA"),
        _encoded("PNG", "P"),
        _encoded("PNG", "I;16"),
        _encoded("GIF", "P"),
        _moving("GIF"),
        _encoded("WEBP", "RGB"),
        _encoded("WEBP", "RGBA", lossless=True),
        _moving("WEBP"),
    )


def bomb_headers() -> Iterator[bytes]:
    """Yield small files whose headers promise the largest pictures: the sizes just below, at and
    far above what is accepted, with little behind them."""
    sizes = [(5_000, 5_000), (25_000_000, 1), (1, 25_000_000), (3_535, 3_535), (65_535, 65_535)]
    sizes += [(2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (4_999, 5_001), (100_000, 250), (0, 0)]
    sizes += [(381, 65_535), (65_535, 381)]
    for width, height in sizes:
        for depth, colour in ((1, 0), (8, 2), (16, 6), (8, 3), (16, 0)):
            yield _png(width, height, depth, colour)
        small = (min(width, 65_535), min(height, 65_535))
        yield b"GIF89a" + struct.pack("<HHBBB", *small, 0xF7, 0, 0) + bytes(768) + _GIF_FRAME
        yield _with_size(_encoded("JPEG", "RGB"), b"\xff\xc0\x00\x11\x08", ">HH", small[::-1])
        webp = (min(width, 16_383), min(height, 16_383))
        yield _with_size(_encoded("WEBP", "RGB"), b"\x9d\x01\x2a", "<HH", webp)


_GIF_FRAME = b",\0\0\0\0\xff\xff\xff\xff\0\x08\x02\x04\x01\0;"


def _png(width: int, height: int, depth: int, colour: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", bytes(768)), (b"IDAT", zlib.compress(bytes(4_000_000)))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*chunks, (b"IEND", b"")]
    )


def _with_size(picture: bytes, marker: bytes, layout: str, size: tuple[int, ...]) -> bytes:
    """Return a picture whose header says another size; it follows the marker."""
    place = picture.index(marker) + len(marker)
    return picture[:place] + struct.pack(layout, *size) + picture[place + 4 :]
