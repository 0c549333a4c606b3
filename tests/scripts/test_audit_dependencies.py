"""What `make audit` makes of pip-audit's answers, recorded ones and some in their format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NO_ANSWER = "Dependency not found on PyPI and could not be audited: {0} ({1})"


def skipped(name: str, version: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": NO_ANSWER.format(name, version)}


def clean(name: str, version: str) -> dict[str, Any]:
    return {"name": name, "version": version, "vulns": []}


def vulnerable(name: str, version: str, fixed: list[str]) -> dict[str, Any]:
    fault = {
        "id": "PYSEC-2014-8",
        "fix_versions": fixed,
        "aliases": ["CVE-2014-1402"],
        "description": "The default configuration does not properly create temporary files.",
    }
    return {"name": name, "version": version, "vulns": [fault]}


class Audit:
    """The script, run with a pip-audit that gives one answer after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        package = folder / "pip_audit"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(
            "import json, pathlib, sys\n"
            f"asked = pathlib.Path({str(folder / 'asked')!r})\n"
            "with asked.open('a') as log: log.write(' '.join(sys.argv[1:]) + '\\n')\n"
            "number = len(asked.read_text().splitlines())\n"
            f"answer = json.loads(pathlib.Path({str(folder)!r}, f'{{number}}.json').read_text())\n"
            "sys.stdout.write(answer['stdout']); sys.stderr.write(answer['stderr'])\n"
            "sys.exit(answer['code'])\n"
        )
        self._answers = 0

    def answers(self, *dependencies: dict[str, Any]) -> Audit:
        """Let it report on packages next."""
        found = any(each.get("vulns") for each in dependencies)
        text = json.dumps({"dependencies": dependencies, "fixes": []})
        return self.fails(text, code=1 if found else 0)

    def fails(self, stdout: str = "", stderr: str = "", code: int = 1) -> Audit:
        """Let it end so next."""
        self._answers += 1
        answer = {"stdout": stdout, "stderr": stderr, "code": code}
        (self._folder / f"{self._answers}.json").write_text(json.dumps(answer))
        return self

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the script on as many locks as there are answers."""
        locks = [f"requirements/{number}.txt" for number in range(self._answers)]
        return subprocess.run(
            [sys.executable, "scripts/audit_dependencies.py", *options, *locks],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(self._folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        """Return the arguments of each call."""
        return (self._folder / "asked").read_text().splitlines()


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path)


def test_packages_without_known_faults_pass(audit: Audit) -> None:
    done = audit.answers(clean("django", "5.2.19"), clean("pillow", "12.0.0")).run("--strict")
    assert done.returncode == 0
    assert "2 packages audited, 0 known faults" in done.stdout
    assert "!" not in done.stdout


def test_a_known_fault_fails_and_is_named_with_what_mends_it(audit: Audit) -> None:
    done = audit.answers(clean("django", "5.2.19"), vulnerable("jinja2", "2.7", ["2.7.3"])).run()
    assert done.returncode == 1
    assert "jinja2 2.7: PYSEC-2014-8 (CVE-2014-1402), mended in 2.7.3" in done.stdout


def test_a_fault_that_nothing_mends_yet_fails_too(audit: Audit) -> None:
    done = audit.answers(vulnerable("jinja2", "2.7", [])).run()
    assert done.returncode == 1
    assert "mended in no version yet" in done.stdout


def test_a_fault_in_one_file_fails_whatever_is_in_the_others(audit: Audit) -> None:
    audit.answers(vulnerable("jinja2", "2.7", ["2.7.3"])).answers(clean("django", "5.2.19"))
    assert audit.answers(skipped("pillow", "12.0.0")).run().returncode == 1
    assert len(audit.asked()) == 3


def test_an_index_that_answers_nothing_is_said_loudly_and_fails_only_when_asked_to(
    audit: Audit, tmp_path: Path
) -> None:
    audit.answers(skipped("django", "5.2.19"), skipped("pillow", "12.0.0"))
    done = audit.run()
    assert done.returncode == 0
    assert "NOTHING COULD BE AUDITED" in done.stdout
    assert done.stdout.count("!" * 78) == 2
    (tmp_path / "asked").unlink()
    assert audit.run("--strict").returncode == 1


def test_a_package_that_could_not_be_audited_is_named(audit: Audit) -> None:
    done = audit.answers(clean("django", "5.2.19"), skipped("pillow", "12.0.0")).run()
    assert done.returncode == 0
    assert "could not be audited: pillow" in done.stdout
    assert "1 packages audited" in done.stdout


def test_no_network_is_no_fault_of_the_packages(audit: Audit) -> None:
    message = "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\n"
    done = audit.fails(stderr=message).run()
    assert done.returncode == 0
    assert "NOTHING COULD BE AUDITED" in done.stdout


@pytest.mark.parametrize("stdout", ["", "{", "[]", "null", "an answer"])
def test_a_pip_audit_that_fails_for_another_reason_fails(audit: Audit, stdout: str) -> None:
    done = audit.fails(stdout, "ERROR:pip_audit._cli:requirement has no hash\n").run()
    assert done.returncode == 2
    assert "requirement has no hash" in done.stderr


def test_it_asks_by_hashes_and_without_a_resolver(audit: Audit) -> None:
    audit.answers(clean("django", "5.2.19")).run()
    (arguments,) = audit.asked()
    assert "--requirement requirements/0.txt --require-hashes --disable-pip" in arguments
