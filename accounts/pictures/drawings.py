"""Drawn pictures, for accounts that have uploaded none."""

from __future__ import annotations

import colorsys
import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from accounts.pictures.webp import encode

if TYPE_CHECKING:
    from PIL import Image as Pillow


def draw_initials(name: str, seed: str, edge: int = 400) -> bytes:
    """Return a WebP of the name's initials on colours chosen by the seed, always the same ones.

    A name whose initials are not Latin gets a silhouette.
    """
    from PIL import ImageDraw, ImageFont

    hue = hashlib.sha256(seed.encode()).digest()[0] / 256
    canvas = _gradient(edge, _colour(hue, 0.62), _colour(hue + 0.12, 0.40))
    letters = _initials(name)
    if not letters:
        _add_silhouette(canvas)
        return encode(canvas)
    font = ImageFont.load_default(edge * 0.42)
    # Centred by the height of capitals; Pillow's own centre allows for descenders, too.
    top = font.getbbox("H", anchor="ls")[1]
    position = (edge / 2, (edge - top) / 2)
    ImageDraw.Draw(canvas).text(position, letters, fill="white", font=font, anchor="ms")
    return encode(canvas)


def draw_default(edge: int = 400) -> bytes:
    """Return the WebP that is shown for accounts without a picture: a grey silhouette."""
    canvas = _gradient(edge, (201, 209, 217), (160, 170, 181))
    _add_silhouette(canvas)
    return encode(canvas)


def _initials(name: str) -> str:
    """Return the first letters of the first and the last word, as capitals without accents.

    None where either has no Latin base: the font that Pillow brings has no glyph for it.
    """
    words = re.findall(r"[^\W_]+", name)
    chosen = words[:1] + words[1:][-1:]
    letters = "".join(unicodedata.normalize("NFKD", word)[0] for word in chosen)
    return letters.upper() if letters.isascii() else ""


def _colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, 0.55)
    return round(red * 255), round(green * 255), round(blue * 255)


def _gradient(edge: int, start: tuple[int, int, int], end: tuple[int, int, int]) -> Pillow.Image:
    """Return a square that goes from one colour, top left, to another, bottom right."""
    from PIL import Image, ImageChops

    down = Image.linear_gradient("L").resize((edge, edge))
    diagonal = ImageChops.add(down, down.transpose(Image.Transpose.TRANSPOSE), scale=2)
    size = (edge, edge)
    return Image.composite(Image.new("RGB", size, end), Image.new("RGB", size, start), diagonal)


def _add_silhouette(canvas: Pillow.Image) -> None:
    """Paint head and shoulders onto a square."""
    from PIL import Image, ImageDraw

    edge = canvas.width
    # Drawn large and made smaller, for smooth outlines.
    mask = Image.new("L", (4 * edge, 4 * edge))
    draw = ImageDraw.Draw(mask)
    for left, top, right, bottom in ((0.33, 0.20, 0.67, 0.56), (0.14, 0.63, 0.86, 1.50)):
        draw.ellipse([4 * edge * value for value in (left, top, right, bottom)], fill=235)
    canvas.paste((255, 255, 255), mask=mask.resize(canvas.size, Image.Resampling.LANCZOS))
