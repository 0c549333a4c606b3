"""Lists that are kept by hand beside what they list: a test says what is missing, and where."""

from __future__ import annotations

from collections.abc import Iterable


def assert_whole(listed: Iterable[str], there: Iterable[str], where: str) -> None:
    """Fail unless a list names all that there is, and nothing else; the message says what to do,
    and in which file."""
    named, known = set(listed), set(there)
    missing, gone = sorted(known - named), sorted(named - known)
    assert not missing, f"Add to {where}: {', '.join(missing)}"
    assert not gone, f"Remove from {where}, as there is no such thing: {', '.join(gone)}"
