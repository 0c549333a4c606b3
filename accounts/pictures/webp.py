"""The one format in which pictures are stored."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image as Pillow

CONTENT_TYPE = "image/webp"


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture and its media type."""

    content: bytes
    content_type: str


def encode(image: Pillow.Image) -> bytes:
    """Return an image in RGB or RGBA as WebP: its pixels alone, without metadata."""
    from PIL import Image

    # Made anew, since Pillow carries metadata along, and which of it gets saved has changed before.
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    output = BytesIO()
    bare.save(output, "WEBP", quality=85, method=4)
    return output.getvalue()
