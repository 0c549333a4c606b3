"""The two packages: ours, and that of Zappa's defaults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.system import ROOT

_ZAPPA = Path(sys.executable).with_name("zappa")
_DEFAULTS = {
    "default": {
        "project_name": "tweeter",
        "app_function": "tweeter.wsgi.application",
        "django_settings": "tweeter.settings",
        "aws_region": "us-east-1",
        "keep_warm": False,
        "use_precompiled_packages": False,  # these come from the environment, without downloads
    }
}
_NOT_IN_A_CHECKOUT = shutil.ignore_patterns(".*", "__pycache__", "build", "static")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package, unpacked as Lambda has it."""

    name: str
    folder: Path
    variables: Mapping[str, str]
    """What the function's environment has, beyond what all have."""

    @property
    def megabytes(self) -> float:
        """The size of its files."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()) / 1e6


def our_package(folder: Path) -> Package:
    """Return the package as `make package` makes it."""
    archive = folder / "ours.zip"
    _zappa(["package", "local", "--output", str(archive)], cwd=ROOT, virtual_env=None)
    variables = {"INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "true"}
    return Package(name="ours", folder=_unpack(archive), variables=variables)


def package_by_defaults(folder: Path) -> Package:
    """Return what Zappa makes of a checkout and an environment with the same packages.

    Nothing is excluded and nothing prepared; what the application needs to know, Zappa is told.
    """
    checkout, environment = folder / "checkout", folder / "environment"
    shutil.copytree(ROOT, checkout, ignore=_NOT_IN_A_CHECKOUT)
    (checkout / "zappa_settings.json").write_text(json.dumps(_DEFAULTS), encoding="utf-8")
    _run([sys.executable, "-m", "venv", str(environment)])
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    _run([*pip, "--require-hashes", "--requirement", str(ROOT / "requirements" / "lambda.txt")])
    archive = folder / "defaults.zip"
    command = ["package", "default", "--output", str(archive)]
    _zappa(command, cwd=checkout, virtual_env=environment)
    return Package(name="Zappa's defaults", folder=_unpack(archive), variables={})


def _zappa(command: list[str], *, cwd: Path, virtual_env: Path | None) -> None:
    variables = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    if virtual_env is not None:
        variables["VIRTUAL_ENV"] = str(virtual_env)
    _run([str(_ZAPPA), *command], cwd=cwd, env=variables)


def _run(
    command: list[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run a command; RuntimeError with the end of what it said when it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(command[:3])} failed:\n{(done.stdout + done.stderr)[-2000:]}"
        raise RuntimeError(message)


def _unpack(archive: Path) -> Path:
    """Unpack with the dates of the archive, as Lambda does: they decide what Python compiles."""
    folder = archive.with_suffix("")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
        for entry in opened.infolist():
            moment = time.mktime((*entry.date_time, 0, 0, -1))
            os.utime(folder / entry.filename, (moment, moment))
    return folder
