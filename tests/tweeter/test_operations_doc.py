"""What docs/operations.md says of alarms, commands and settings is so."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tweeter.config import Config
from tweeter.provisioning.alarm_definitions import alarms

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_each_alarm_has_a_section(text: str) -> None:
    chapter = text.split("\n## Alarms\n")[1].split("\n## ", maxsplit=1)[0]
    assert re.findall(r"^### (\S+)$", chapter, re.MULTILINE) == [alarm.name for alarm in alarms()]


def test_each_command_is_one(text: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert {"provision", "triggers", "costs"} <= named
    assert named <= set(get_commands())


def test_each_setting_is_one(text: str) -> None:
    named = set(re.findall(r"TWEETER_([A-Z_]+)", text))
    assert "ALLOWED_HOSTS" in named
    assert {name.lower() for name in named} <= {field.name for field in dataclasses.fields(Config)}


def test_each_link_leads_somewhere(text: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / "docs" / target).exists(), target
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert f"### {anchor}\n" in text
