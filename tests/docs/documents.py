"""The project's documents as tests read them: links, headings, and what they name in code."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_FOLDERS = "accounts|bench|docs|feeds|requirements|scripts|statuses|tests|tweeter|workers"
_PATH = re.compile(rf"^((?:\*|{_FOLDERS})/[\w.*/-]*)(?:::([\w:.]+))?$")


@dataclass(frozen=True)
class Block:
    """A block of code, with its language or what stands for it."""

    language: str
    text: str


@dataclass(frozen=True)
class Document:
    """A file in Markdown."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks of code, in order."""
        return [Block(language, text) for _, language, text in _FENCE.findall(self.text)]

    @cached_property
    def prose(self) -> str:
        """All but the blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """What stands in backticks, each on one line."""
        return [" ".join(span.split()) for span in _SPAN.findall(self.prose)]

    @property
    def code(self) -> str:
        """Spans and blocks, a line each at the least."""
        return "\n".join([*self.spans, *(block.text for block in self.blocks)])

    @property
    def links(self) -> list[str]:
        """What links and pictures lead to, other sites left out."""
        found = re.findall(r"\]\(\s*([^)\s]+)\s*\)", self.prose)
        return [target for target in found if "://" not in target]

    @property
    def paths(self) -> list[tuple[str, str]]:
        """Files, folders and patterns of them that are named, each with what in it, or nothing."""
        matches = (_PATH.match(span) for span in self.spans)
        return [(match[1], match[2] or "") for match in matches if match]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What links may name after a `#`: headings as GitHub spells them."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return frozenset(_slug(heading) for heading in headings)

    def chapters(self) -> dict[str, str]:
        """Each part below a heading of the second level, by that heading."""
        parts = re.split(r"^## (.+)$", self.text, flags=re.MULTILINE)[1:]
        return dict(zip(parts[::2], parts[1::2], strict=True))


def _slug(heading: str) -> str:
    """Return the anchor of a heading. Source: GitHub's html-pipeline, TableOfContentsFilter."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def document(path: str) -> Document:
    """Return a document by its path in the project."""
    return Document(ROOT / path)


def all_documents() -> list[Document]:
    """Return every document of the project."""
    return [
        Document(path) for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
    ]


@cache
def defined_in(path: str) -> frozenset[str]:
    """Return what a file of Python defines, methods as `Class.method` or, as pytest names tests,
    `TestClass::test_name`."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {f"{node.name}{dot}{name}" for name in methods for dot in (".", "::")}
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
    return frozenset(found)
