"""Every diagram in a document is one that Mermaid, and so GitHub, can draw."""

from __future__ import annotations

import pytest

from tests.docs.documents import all_documents
from tests.docs.mermaid import Malformed, read_diagram

DIAGRAMS = [
    pytest.param(block.text, id=f"{document} {number}")
    for document in all_documents()
    for number, block in enumerate(
        (block for block in document.blocks if block.language == "mermaid"), 1
    )
]


def test_the_architecture_has_its_diagrams() -> None:
    assert [param.id for param in DIAGRAMS if str(param.id).startswith("docs/architecture")] == [
        f"docs/architecture.md {number}" for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("text", DIAGRAMS)
def test_each_diagram_can_be_read(text: str) -> None:
    read_diagram(text)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A->>C: hello", "not declared"),
        ("A->>B", "not a line"),
        ("A=>>B: hello", "not a line"),
        ("A->>B: one; B->>A: two", "not a line"),
        ("participant A", "can't be declared"),
        ("participant end", "can't be declared"),
        ("end", "an end of nothing"),
        ("else", "not a line"),
        ("else otherwise", "not within alt"),
        ("loop for ever", "without an end"),
        ("graph TD", "not a line"),
        ("Note over C: hello", "not declared"),
    ],
)
def test_a_diagram_with_a_mistake_is_refused(line: str, reason: str) -> None:
    good = "sequenceDiagram\nparticipant A\nactor B as the other\nA->>B: hello\nB-->>A: hi\n"
    read_diagram(good)
    with pytest.raises(Malformed, match=reason):
        read_diagram(good + line)


def test_a_diagram_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed, match="no kind of diagram"):
        read_diagram("flowchart LR\nA --> B")
