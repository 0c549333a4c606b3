"""Which interpreter `make` takes for the environments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "find-python"


def found(path: Path, **versions: tuple[int, int]) -> subprocess.CompletedProcess[str]:
    """Run the script where these interpreters are, `python3_13` for python3.13."""
    for name, version in versions.items():
        file = path / name.replace("_", ".")
        pretend = f"import sys; sys.version_info = {version}; exec(sys.argv[1])"
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{pretend}" "$2"\n')
        file.chmod(0o755)
    env = {"PATH": str(path)} | {k: v for k, v in os.environ.items() if k in {"HOME", "TMPDIR"}}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)], env=env, capture_output=True, text=True, check=False
    )


def test_the_newest_that_is_supported_is_taken_silently(tmp_path: Path) -> None:
    run = found(tmp_path, python3=(3, 14), python3_14=(3, 14), python3_12=(3, 12), python=(3, 11))
    assert (run.stdout, run.stderr, run.returncode) == ("python3.12\n", "", 0)


@pytest.mark.parametrize("name", ["python3", "python3_14"])
def test_where_there_is_only_a_newer_one_it_is_tried_and_that_is_said(
    tmp_path: Path, name: str
) -> None:
    run = found(tmp_path, **{name: (3, 14)})
    assert (run.stdout, run.returncode) == (name.replace("_", ".") + "\n", 0)
    assert "made for Python 3.11 to 3.13" in run.stderr


def test_an_older_one_is_refused_with_what_to_do(tmp_path: Path) -> None:
    run = found(tmp_path, python3=(3, 10))
    assert (run.stdout, run.returncode) == ("", 1)
    assert "make PYTHON=/path/to/python3" in run.stderr
