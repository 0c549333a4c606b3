"""A short campaign of `make fuzz`: the schema against the API, by a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def campaign(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", "--processes", "1", *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )


def test_the_api_keeps_to_its_schema() -> None:
    done = campaign("--requests", "500", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_used_up_limit_is_an_answer_that_the_schema_knows() -> None:
    done = campaign("--requests", "200", "--seed", "2", "--tight")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 429: " in done.stdout
