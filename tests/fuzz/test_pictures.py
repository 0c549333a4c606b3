"""Whatever file comes: a small clean WebP goes out, or the client is told; nothing else happens."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.pictures import DEFAULT_LIMITS, render_avatar
from tests.fuzz.effort import effort
from tests.fuzz.mutations import damaged
from tests.fuzz.samples import SECRET, bomb_headers, pictures
from tweeter.errors import InvalidInput, TooLarge

ORIGINALS = st.sampled_from(pictures())
HEADS = [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]
PEAK_MEGABYTES = 350
"""Beside 512 MB of Lambda; the interpreter and Pillow themselves take about 60 of them."""

PROGRAM = """
import sys
from base64 import b64decode
from pathlib import Path
from accounts.pictures import DEFAULT_LIMITS, render_avatar
from tweeter.errors import InvalidInput, TooLarge
for line in sys.stdin:
    try:
        render_avatar(b64decode(line), DEFAULT_LIMITS)
    except (InvalidInput, TooLarge):
        pass
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].removesuffix("kB")) // 1024)
"""
"""Prints its peak by what Linux says of the program: what getrusage says counts from before it,
when the process was a copy of whoever started it."""


def check(data: bytes) -> bool:
    """Put a file through; check what comes out, and tell whether anything did."""
    try:
        picture = render_avatar(data, DEFAULT_LIMITS)
    except (InvalidInput, TooLarge):
        return False
    with Image.open(BytesIO(picture.content)) as image:
        image.load()
        assert image.format == "WEBP"
        assert image.width == image.height <= DEFAULT_LIMITS.edge
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
        assert getattr(image, "n_frames", 1) == 1
    assert SECRET not in picture.content
    return True


def test_the_samples_are_pictures() -> None:
    assert all(check(picture) for picture in pictures())


@effort(300)
@given(damaged(ORIGINALS))
def test_a_damaged_picture(data: bytes) -> None:
    check(data)


@effort(100)
@given(ORIGINALS, st.floats(0, 1))
def test_a_picture_cut_short(picture: bytes, part: float) -> None:
    check(picture[: int(part * len(picture))])


@effort(100)
@given(ORIGINALS, ORIGINALS | st.binary(max_size=300))
def test_a_file_that_is_two_things_at_once(picture: bytes, other: bytes) -> None:
    check(picture + other + SECRET)
    check(other + picture)
    check(picture[: len(picture) // 2] + other)


@effort(150)
@given(st.binary(max_size=400))
def test_noise(data: bytes) -> None:
    assert not check(data)


@effort(200)
@given(
    st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]), st.binary()
)
def test_noise_behind_a_picture_s_first_bytes(head: bytes, data: bytes) -> None:
    check(head + data)
    check(head + struct.pack("<I", len(data) + 4) + b"WEBP" + data)


@effort(200)
@given(st.binary(min_size=4, max_size=4), st.binary(max_size=64), st.integers(8, 60))
def test_chunks_of_a_png_that_are_right_by_their_sums(kind: bytes, data: bytes, at: int) -> None:
    picture = next(each for each in pictures() if each.startswith(b"\x89PNG"))
    chunk = struct.pack(">I", len(data)) + kind + data
    chunk += struct.pack(">I", zlib.crc32(kind + data))
    check(picture[:33] + chunk + picture[33:])
    check(picture[:at] + chunk + picture[at:])


def test_no_header_makes_it_take_more_memory_than_the_function_has() -> None:
    lines = b"\n".join(b64encode(bomb) for bomb in bomb_headers())
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=lines, capture_output=True, check=True, timeout=300)
    assert int(done.stdout) < PEAK_MEGABYTES
