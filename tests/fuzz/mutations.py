"""Damaging what is valid, a little: what gets further into a parser than noise does."""

from __future__ import annotations

from hypothesis import strategies as st


@st.composite
def damaged(draw: st.DrawFn, originals: st.SearchStrategy[bytes]) -> bytes:
    """Return bytes that differ from an original in one to four places, or in length."""
    original = draw(originals)
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["flip", "insert", "delete", "cut", "repeat", "extreme"])):
            case "flip" if place < len(data):
                data[place] ^= draw(st.integers(1, 255))
            case "insert":
                data[place:place] = draw(st.binary(min_size=1, max_size=8))
            case "delete":
                del data[place : place + draw(st.integers(1, 8))]
            case "cut":
                del data[place:]
            case "repeat":
                data[place:place] = data[place : place + draw(st.integers(1, 64))]
            case _:  # what makes the most of a length or a number
                extreme = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"]))
                data[place : place + 4] = extreme
    return bytes(data)


@st.composite
def damaged_text(draw: st.DrawFn, original: str) -> str:
    """Return another text than the original, with one place changed, or its case."""
    place = draw(st.integers(0, len(original)))
    piece = draw(st.text(max_size=3) | st.sampled_from(["%", ":", ".", "=", "\0", "é", "+"]))
    end = place + draw(st.integers(0, 3))
    changed = draw(
        st.sampled_from(
            [
                original[:place] + piece + original[end:],
                original[:place],
                original[place:],
                original.swapcase(),
                original * 2,
                original[::-1],
            ]
        )
    )
    return changed if changed != original else original + "x"
