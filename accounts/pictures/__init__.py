"""Pictures of accounts: uploaded ones, and in `drawings`, for commands, drawn ones.

Pillow is imported inside the functions, since few requests bring a picture and a cold start should
not pay for the others.
"""

from accounts.pictures.uploads import (
    DEFAULT_LIMITS,
    PictureLimits,
    decode_avatar_text,
    render_avatar,
)
from accounts.pictures.webp import Picture

__all__ = ["DEFAULT_LIMITS", "Picture", "PictureLimits", "decode_avatar_text", "render_avatar"]
