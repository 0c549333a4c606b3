"""Whatever a document names is there: links, files, tests, settings, commands, targets."""

from __future__ import annotations

import dataclasses
import re
from importlib.util import find_spec

import pytest
from django.core.management import get_commands

from tests.docs.documents import ROOT, Document, all_documents, defined_in, document
from tweeter.config import Config

DOCUMENTS = all_documents()
CHANGES = "CHANGELOG.md"
"""Tells of the past, whose names may be gone."""


@pytest.fixture(params=DOCUMENTS, ids=str)
def each(request: pytest.FixtureRequest) -> Document:
    found: Document = request.param
    return found


@pytest.fixture(params=[one for one in DOCUMENTS if str(one) != CHANGES], ids=str)
def present(request: pytest.FixtureRequest) -> Document:
    found: Document = request.param
    return found


def leads_somewhere(source: Document, target: str) -> bool:
    """Tell whether a link's file is there, and has its heading."""
    path, _, anchor = target.partition("#")
    file = (source.path.parent / path).resolve() if path else source.path
    return file.exists() and (not anchor or anchor in Document(file).anchors)


def test_each_link_leads_somewhere(each: Document) -> None:
    assert [target for target in each.links if not leads_somewhere(each, target)] == []


def test_each_file_is_there(present: Document) -> None:
    assert [path for path, _ in present.paths if not list(ROOT.glob(path.rstrip("/")))] == []


def test_each_test_and_function_is_there(present: Document) -> None:
    named = [(path, name) for path, name in present.paths if name]
    assert [f"{path}::{name}" for path, name in named if name not in defined_in(path)] == []


def test_each_setting_is_one(present: Document) -> None:
    settings = {f"TWEETER_{field.name.upper()}" for field in dataclasses.fields(Config)}
    settings |= {"TWEETER_MINISTACK"}  # of tests: where the embedded AWS is
    assert set(re.findall(r"TWEETER_[A-Z][A-Z_]*[A-Z]", present.text)) <= settings


def test_each_command_is_one(present: Document) -> None:
    named = re.findall(r"(?:manage\.py|zappa manage [a-z]+) \"?([a-z_]+)", present.code)
    assert set(named) <= set(get_commands())


def test_each_target_and_module_is_one(present: Document) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:^|;|&&) ?make ((?:[A-Z_]+=\S+ )?[a-z-]+)", present.code, re.MULTILINE)
    assert {name.rpartition(" ")[2] for name in named} <= targets
    modules = re.findall(r"python -m ((?:bench|tests)[\w.]*)", present.code)
    assert [module for module in modules if find_spec(module) is None] == []


def test_these_checks_see_what_is_wrong() -> None:
    """Each of them finds something to check, or else it could not fail."""
    readme, security = document("README.md"), document("docs/security.md")
    assert len(security.paths) > 60
    assert {"docs/security.md", "docs/data-model.md"} <= set(readme.links)
    assert leads_somewhere(security, "operations.md#alarms")
    assert not leads_somewhere(security, "operations.md#nothing")
    assert not leads_somewhere(security, "nothing.md")
    assert "FeedService.page" in defined_in("feeds/services.py")
    assert "FeedService.nothing" not in defined_in("feeds/services.py")
    assert "make run" in readme.code
