"""What docs/security.md names is there, and each row of OWASP's list is answered by a test."""

from __future__ import annotations

import ast
import dataclasses
import re
from functools import cache
from pathlib import Path

import pytest

from tweeter.config import Config

ROOT = Path(__file__).parents[2]
# OWASP, API Security Top 10, edition of 2023.
ROWS = [
    "API1:2023 Broken Object Level Authorization",
    "API2:2023 Broken Authentication",
    "API3:2023 Broken Object Property Level Authorization",
    "API4:2023 Unrestricted Resource Consumption",
    "API5:2023 Broken Function Level Authorization",
    "API6:2023 Unrestricted Access to Sensitive Business Flows",
    "API7:2023 Server Side Request Forgery",
    "API8:2023 Security Misconfiguration",
    "API9:2023 Improper Inventory Management",
    "API10:2023 Unsafe Consumption of APIs",
]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
_FILE = re.compile(
    r"`((?:accounts|feeds|requirements|scripts|statuses|tests|tweeter|workers)/[^`]*)`"
)


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names of a file's tests, those of classes as `TestClass::test_name`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        within = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + each.name for each in within if isinstance(each, ast.FunctionDef)}
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def chapters(text: str) -> dict[str, str]:
    """Return each chapter by its heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_each_row_has_a_chapter_in_their_order(text: str) -> None:
    assert [heading for heading in chapters(text) if heading.startswith("API")] == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_proved_by_tests(text: str, row: str) -> None:
    assert _TEST.search(chapters(text)[row])


def test_each_test_is_there(text: str) -> None:
    named = set(_TEST.findall(text))
    assert len(named) > 60
    missing = {
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or name not in names_in(ROOT / path)
    }
    assert missing == set()


def test_each_line_of_a_table_of_what_we_do_is_proved(text: str) -> None:
    for row in ROWS:
        lines = [line for line in chapters(text)[row].splitlines() if line.startswith("| ")]
        assert len(lines) > 2
        assert [
            each for each in lines[1:] if not _TEST.search(each) and "the same" not in each
        ] == []


def test_each_file_and_setting_is_there(text: str) -> None:
    for path in _FILE.findall(text):
        assert (ROOT / path.partition("::")[0]).exists(), path
    settings = {f"TWEETER_{field.name.upper()}" for field in dataclasses.fields(Config)}
    assert set(re.findall(r"TWEETER_[A-Z_]+", text)) <= settings


def test_each_link_leads_somewhere(text: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", text):
        assert (ROOT / "docs" / target).exists(), target


def test_it_says_what_is_left_out_and_how_to_report(text: str) -> None:
    assert {"Whom we expect", "Left out on purpose", "Reporting a weakness"} <= set(chapters(text))
