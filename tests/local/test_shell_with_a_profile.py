"""A profile of AWS that the developer's shell names is for nothing on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tweeter.local.environment import child_environment

ROOT = Path(__file__).parents[2]
MAKES_A_CLIENT = "import boto3; boto3.client('sqs', region_name='us-east-1')"


@pytest.fixture(params=["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def shell(request: pytest.FixtureRequest) -> dict[str, str]:
    """The variables of a shell that names a profile, which no file describes."""
    return {**os.environ, "AWS_CONFIG_FILE": os.devnull, request.param: "work"}


def run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_parts_of_the_local_system_do_not_see_it(
    shell: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in shell.items():
        monkeypatch.setenv(name, value)
    run([sys.executable, "-c", MAKES_A_CLIENT], child_environment(4566))


def test_zappa_on_the_embedded_aws_does_not_see_it(shell: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    script = shutil.copy(ROOT / "scripts" / "zappa-local", tmp_path / "scripts")
    zappa = tmp_path / ".venv" / "bin" / "zappa"
    program = f'#!/bin/sh\nexec "{sys.executable}" -c "{MAKES_A_CLIENT}"\n'
    zappa.write_text(program, encoding="utf-8")
    zappa.chmod(0o755)
    run([str(script), "tail"], shell)


def test_the_tests_do_not_see_it(shell: dict[str, str]) -> None:
    run([sys.executable, "-W", "ignore", "-c", f"import tests.settings; {MAKES_A_CLIENT}"], shell)
