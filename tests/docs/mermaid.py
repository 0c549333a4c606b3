"""A strict reader of the sequence diagrams in documents: the part of Mermaid that is used here.

Source of the grammar: Mermaid's own, "Sequence diagrams". What this reads, Mermaid reads too; what
it does not know, it refuses, though Mermaid might know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = r"[A-Za-z][A-Za-z0-9]*"
_DECLARED = re.compile(rf"^(?:participant|actor) ({_NAME})(?: as [^;#]+)?$")
_MESSAGE = re.compile(rf"^({_NAME})-?->>({_NAME}): [^;#]+$")
_NOTE = re.compile(rf"^Note (?:over|right of|left of) ({_NAME})(?:,({_NAME}))?: [^;#]+$")
_OPENING = re.compile(r"^(alt|opt|loop) [^;#]+$")
_RESERVED = {"alt", "and", "box", "create", "else", "end", "loop", "opt", "par", "rect"}


class Malformed(Exception):
    """A line is not what it should be; says which, and why."""


class _Reader:
    """Reads a diagram line by line."""

    def __init__(self) -> None:
        self._participants: set[str] = set()
        self._open: list[str] = []

    def read(self, line: str) -> None:
        """Take the next line; Malformed."""
        kinds: list[tuple[re.Pattern[str], Callable[[re.Match[str]], None]]] = [
            (_DECLARED, self._declare),
            (_MESSAGE, self._mention),
            (_NOTE, self._mention),
            (_OPENING, lambda match: self._open.append(match[1])),
            (re.compile(r"^else [^;#]+$"), lambda _: self._require("alt")),
            (re.compile(r"^end$"), lambda _: self._close()),
            (re.compile(r"^autonumber$"), lambda _: None),
        ]
        for pattern, take in kinds:
            match = pattern.match(line)
            if match:
                take(match)
                return
        raise Malformed("not a line of a sequence diagram")

    def finish(self) -> None:
        """Check that nothing is left open; Malformed."""
        if self._open:
            raise Malformed(f"{self._open} without an end")

    def _declare(self, match: re.Match[str]) -> None:
        if self._open or match[1] in self._participants or match[1].lower() in _RESERVED:
            raise Malformed(f"{match[1]} can't be declared here")
        self._participants.add(match[1])

    def _mention(self, match: re.Match[str]) -> None:
        unknown = {name for name in match.groups() if name} - self._participants
        if unknown:
            raise Malformed(f"{unknown} not declared")

    def _require(self, block: str) -> None:
        if not self._open or self._open[-1] != block:
            raise Malformed(f"not within {block}")

    def _close(self) -> None:
        if not self._open:
            raise Malformed("an end of nothing")
        self._open.pop()


def read_diagram(text: str) -> None:
    """Read a diagram; Malformed when it is none."""
    first, *lines = text.splitlines()
    if first != "sequenceDiagram":
        raise Malformed(f"{first!r} is no kind of diagram that is known here")
    reader = _Reader()
    for number, line in enumerate(lines, 2):
        try:
            if line.strip():
                reader.read(line.strip())
        except Malformed as error:
            message = f"line {number}, {line.strip()!r}: {error}"
            raise Malformed(message) from error
    reader.finish()
