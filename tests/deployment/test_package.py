"""The package: bytecode that Python uses as it is, and nothing of what was compiled before."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tweeter.deployment.package import AWS_SERVICES, ENVIRONMENT, LOCK, finish, made_from
from tweeter.errors import TweeterError

_UNCHECKED = 0b01
"""The flags of bytecode that is not compared with its source. Source: PEP 552."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose environment has one package."""
    major, minor = sys.version_info[:2]
    package = (
        tmp_path / ENVIRONMENT / "lib" / f"python{major}.{minor}" / "site-packages" / "library"
    )
    package.mkdir(parents=True)
    return tmp_path


def archive_of(root: Path, files: dict[str, str]) -> Path:
    archive = root / "made.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return archive


def test_python_runs_the_bytecode_without_a_look_at_its_source(root: Path) -> None:
    archive = archive_of(root, {"ours/__init__.py": "", "ours/module.py": "value = 'compiled'"})
    finish(archive, root)
    folder = root / "unpacked"
    with zipfile.ZipFile(archive) as finished:
        finished.extractall(folder)
    [bytecode] = (folder / "ours" / "__pycache__").glob("module.*.pyc")
    assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == _UNCHECKED

    (folder / "ours" / "module.py").write_text("value = 'compiled again'", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-B", "-c", "from ours.module import value; print(value)"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "compiled\n"


def test_what_was_compiled_before_is_left_out_and_packages_stay(root: Path) -> None:
    files = {
        "ours.py": "",
        "__pycache__/ours.stale.pyc": "?",
        "library/__init__.py": "",
        "library/__pycache__/__init__.pyc": "compiled with the environment",
    }
    archive = archive_of(root, files)
    finish(archive, root)
    with zipfile.ZipFile(archive) as finished:
        names = finished.namelist()
        assert finished.read("library/__pycache__/__init__.pyc").startswith(b"compiled with")
    assert "__pycache__/ours.stale.pyc" not in names
    assert f"__pycache__/ours.cpython-{sys.version_info[0]}{sys.version_info[1]}.pyc" in names
    assert len(names) == len(set(names))


def test_the_same_files_make_the_same_package(root: Path) -> None:
    """So that one can see whether two deployments differ."""
    files = {f"library/{number}.json": "{}" for number in range(20)}
    files |= {"ours/__init__.py": "", "ours/module.py": "def function(): ..."}
    packages = []
    for _ in range(2):
        archive = archive_of(root, files)
        finish(archive, root)
        with zipfile.ZipFile(archive) as finished:
            packages.append([(entry.filename, entry.CRC) for entry in finished.infolist()])
    assert packages[0] == packages[1]


def test_a_module_that_does_not_compile_is_not_deployed(root: Path) -> None:
    with pytest.raises(TweeterError, match="does not compile"):
        finish(archive_of(root, {"ours.py": "def"}), root)


def test_the_composition_is_that_of_all_files(root: Path) -> None:
    files = {"library/data": "x" * 3_000_000, "ours/data": "x" * 1_500_000}
    lines = finish(archive_of(root, files), root).splitlines()
    assert lines[0].split() == ["3.0", "MB", "library"]
    assert lines[1].split() == ["1.5", "MB", "ours"]
    assert lines[-1].split()[:3] == ["4.5", "MB", "unzipped;"]


def test_an_environment_that_was_made_with_other_services_of_aws_does_not_fit(root: Path) -> None:
    (root / LOCK).parent.mkdir()
    (root / LOCK).write_text("a-package==1.0\n", encoding="utf-8")
    stamp = made_from(root, native=True).splitlines()
    assert {"a-package==1.0", *AWS_SERVICES} <= set(stamp)
