"""Each row of OWASP's list is answered in docs/security.md, by tests."""

from __future__ import annotations

import re

import pytest

from tests.docs.documents import document

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


@pytest.fixture(scope="module")
def chapters() -> dict[str, str]:
    return document("docs/security.md").chapters()


def test_each_row_has_a_chapter_in_their_order(chapters: dict[str, str]) -> None:
    assert [heading for heading in chapters if heading.startswith("API")] == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_proved_by_tests(chapters: dict[str, str], row: str) -> None:
    assert _TEST.search(chapters[row])


def test_each_line_of_a_table_of_what_we_do_is_proved(chapters: dict[str, str]) -> None:
    for row in ROWS:
        lines = [line for line in chapters[row].splitlines() if line.startswith("| ")]
        assert len(lines) > 2
        assert [
            each for each in lines[1:] if not _TEST.search(each) and "the same" not in each
        ] == []


def test_it_says_what_is_left_out_and_how_to_report(chapters: dict[str, str]) -> None:
    assert {"Whom we expect", "Left out on purpose", "Reporting a weakness"} <= set(chapters)
