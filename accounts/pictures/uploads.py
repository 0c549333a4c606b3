"""Uploaded pictures, made harmless."""

from __future__ import annotations

import base64
import ctypes
import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from accounts.pictures.webp import CONTENT_TYPE, Picture, encode
from tweeter.errors import InvalidInput, TooLarge

if TYPE_CHECKING:
    from PIL import Image as Pillow

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_START_OF_SCAN = b"\xff\xda"
_BASE64_SPACE = re.compile(r"[ \t\r\n]+")
_M_MMAP_THRESHOLD = -3
"""Of glibc's mallopt: from how many bytes on a block goes back to the system when it is freed."""
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""EXIF's orientations other than upright, and Pillow's names for what undoes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What an uploaded picture may cost. With these defaults none takes more than about 300 MB to
    decode, so that it fits beside the rest in a Lambda of 512 MB.

    Frames need no limit: only the first one is ever decoded, because a feed full of moving
    pictures is unpleasant, and because the cost is then that of a still one.
    """

    max_bytes: int = 4_000_000
    """Bytes of the file; of 4.5 MB that fit through API Gateway and Lambda, the form needs some."""

    max_pixels: int = 25_000_000
    """Width times height, by the header; the cameras of present phones save 12 or 24 million."""

    max_side: int = 65_535
    """Pixels of either edge, as many as a JPEG can have: Pillow needs some bytes more for each row,
    500 MB for a picture 1 pixel wide and 25 million high."""

    max_webp_pixels: int = 12_500_000
    """The same for WebP, of which Pillow holds four copies at a time; no camera saves WebP."""

    max_scans: int = 100
    """Passes over a progressive JPEG, of which encoders make about 10. One may be 40 bytes in the
    file and yet take 10 ms, so a file of little else would keep a CPU busy for 15 minutes."""

    edge: int = 400
    """Pixels of a stored picture's edge, at most; twice what clients show, for dense screens."""


DEFAULT_LIMITS = PictureLimits()


def decode_avatar_text(value: str, limits: PictureLimits = DEFAULT_LIMITS) -> bytes:
    """Return the bytes in a base64 string or data URL (RFC 2397), whose media type is not believed.

    Spaces, tabs and line breaks in the base64 are skipped; anything else that is not in RFC 4648,
    section 4, is InvalidInput `invalid_image`. TooLarge for more than a picture's bytes can take.
    """
    # Base64 takes 4 characters for 3 bytes; the rest is room for line breaks and the URL's head.
    if len(value) > 1_000 + limits.max_bytes * 3 // 2:
        raise _too_large(limits.max_bytes)
    encoded = value.strip()
    if encoded[:5].lower() == "data:":
        head, _, encoded = encoded.partition(",")
        if not head.lower().endswith(";base64"):
            raise _invalid("A data URL of a picture must be in base64.")
    try:
        data = base64.b64decode(_BASE64_SPACE.sub("", encoded), validate=True)
    except ValueError as error:
        raise _invalid("The picture is not in valid base64.") from error
    if not data:
        raise _invalid("The picture is empty.")
    return data


def render_avatar(data: bytes, limits: PictureLimits) -> Picture:
    """Return an uploaded picture upright, square, in sRGB, as WebP, and without anything else.

    JPEG, PNG, GIF and WebP are known by their content. The centre is cut out and made smaller,
    never larger. The output is made from pixels alone: no metadata nor hidden tail gets into it.
    The same input gives the same bytes. TooLarge for too many bytes; InvalidInput on `avatar`:
    `image_too_many_pixels`, judged before decoding, or `invalid_image`, whatever else is wrong.
    """
    if len(data) > limits.max_bytes:
        raise _too_large(limits.max_bytes)
    try:
        pixels = _decode(data, limits)
    except InvalidInput:
        raise
    # Pillow promises no list of what damaged files make it raise, MemoryError among others.
    except Exception as error:
        raise _invalid("The picture is damaged, or not a JPEG, PNG, GIF or WebP.") from error
    return Picture(encode(pixels), CONTENT_TYPE)


@cache
def _give_memory_back() -> None:
    """Have what Pillow is done with given back to the system at once, where glibc manages memory.

    It keeps blocks of the size that was freed before, 32 MB at most, and Pillow's are of 16: with
    them the peak of one picture after another is twice that of any. Source: mallopt(3).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def _decode(data: bytes, limits: PictureLimits) -> Pillow.Image:
    """Return the picture as it is to be stored; whatever Pillow raises when it can't be."""
    # WebP is named since it is the one of the four for which Pillow would load all its 40 formats.
    from PIL import Image, WebPImagePlugin  # noqa: F401

    _give_memory_back()
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(limits.max_pixels) from error
    with image:
        _check_cost(image, data, limits)
        # A JPEG is decoded at a half, quarter or eighth of its size where that is plenty.
        image.draft(None, (2 * limits.edge, 2 * limits.edge))
        image.load()
        square = _cut_square(_plain(image), limits.edge)
        return _turn_upright(_to_srgb(square, image.info.get("icc_profile")), image)


def _check_cost(image: Pillow.Image, data: bytes, limits: PictureLimits) -> None:
    is_webp = image.format == "WEBP"
    max_pixels = limits.max_webp_pixels if is_webp else limits.max_pixels
    if image.width * image.height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if max(image.size) > limits.max_side:
        message = f"The picture has an edge of more than {limits.max_side} pixels."
        raise InvalidInput("image_too_many_pixels", message, "avatar")
    # A scan's data holds no such bytes: there FF is always followed by 00 or a restart's number.
    if data.startswith(b"\xff\xd8") and data.count(_START_OF_SCAN) > limits.max_scans:
        raise _invalid("The picture is a JPEG of too many scans.")


def _plain(image: Pillow.Image) -> Pillow.Image:
    """Return the image in a mode that can be resized smoothly: L, RGB, CMYK or RGBA."""
    if image.mode.startswith("I"):  # 16 bits of grey, which a mere conversion would cut off at 255
        return image.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    is_plain = image.mode == mode or (mode == "RGB" and image.mode in {"L", "CMYK"})
    return image if is_plain else image.convert(mode)  # even to the same mode it would be a copy


def _cut_square(image: Pillow.Image, edge: int) -> Pillow.Image:
    from PIL import Image

    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.resize(
        (min(side, edge), min(side, edge)),
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=3.0,  # Pillow's value for "as good as without", at a fraction of the work
    )


def _to_srgb(image: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Return the image as RGB or RGBA, its colours taken through its ICC profile where that fits.

    A profile that is damaged, or made for other colours, is no reason to refuse the picture.
    """
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    converted: Pillow.Image | None = None
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            converted = None
    colours = converted or colours.convert("RGB")
    if alpha:
        colours.putalpha(alpha)
    return colours


def _turn_upright(square: Pillow.Image, original: Pillow.Image) -> Pillow.Image:
    """Return the square as the original's EXIF wants it to be seen.

    It is turned last, when it is small: a square cut from the centre is the same one either way.
    """
    from PIL import ExifTags, Image

    try:
        orientation = int(original.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF raises anything, and many real pictures have it
        return square
    method = _UPRIGHT.get(orientation)
    return square.transpose(Image.Transpose[method]) if method else square


def _invalid(message: str) -> InvalidInput:
    return InvalidInput("invalid_image", message, "avatar")


def _too_many_pixels(limit: int) -> InvalidInput:
    message = f"The picture has too many pixels; at most {limit / 1e6:g} million are accepted."
    return InvalidInput("image_too_many_pixels", message, "avatar")


def _too_large(limit: int) -> TooLarge:
    message = f"The picture has too many bytes; at most {limit / 1e6:g} million are accepted."
    return TooLarge("image_too_large", message)
