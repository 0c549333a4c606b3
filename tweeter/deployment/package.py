"""The package that Lambda runs: what is in it, compiled ahead, and how large it is."""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import subprocess  # nosec B404 # each call is judged by itself
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from tweeter.errors import TweeterError

ENVIRONMENT = ".venv-lambda"
LOCK = Path("requirements", "lambda.txt")

# Amazon Linux 2023, under every runtime from Python 3.12 on, has glibc 2.34.
_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64")
_OLDEST_PYTHON = (3, 12)

_MEGABYTE = 1_000_000
_SHOWN = 12
AWS_SERVICES = frozenset({"dynamodb", "lambda", "s3", "sqs"})
"""Those that the function calls. Of others, over 400, botocore's descriptions are left out; the
commands that provision and deploy run in a shell, which has them all."""

_UNUSED = (
    "**/*.pyi",
    "**/tests",
    "*.dist-info/RECORD",
    "bin",
    # Templates, translations and scripts of what is installed with Django, and not used.
    "**/LC_MESSAGES",
    "django/contrib/admin*/static",
    "django/contrib/admin*/templates",
    "django/contrib/gis",
    "django/contrib/humanize",
    "django/contrib/postgres",
    # Static files are in static/, for all packages together.
    "drf_spectacular_sidecar/static",
    "rest_framework/static",
    # A picture format that nobody may upload: a tenth of the package.
    "PIL/_avif*.so",
    "pillow.libs/libavif*",
    # Of the powertools, only the formatter of the log is used, and what it imports.
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/[!_j]*",
)

UNUSED_STATIC = (
    "*.map",  # for the debugger of a browser
    "redoc",  # a second viewer of the schema
    "rest_framework",  # of pages that ours stand in place of
)
"""Static files that no page asks for, by the names of files and folders."""


def require_deployable(python: tuple[int, int]) -> None:
    """Check that Lambda can load the package of a version of Python; TweeterError `old_python`."""
    if python < _OLDEST_PYTHON:
        message = (
            "Deploying takes Python 3.12 or newer: Lambda's Python 3.11 runs on a Linux whose C "
            "library is too old for Pillow. Run `make clean`, then `make PYTHON=python3.13 ready`."
        )
        raise TweeterError("old_python", message)


def use_lambda_environment(root: Path, *, native: bool) -> None:
    """Have Zappa package an environment with what `requirements/lambda.txt` pins, less what is not
    used, and compiled.

    It is made when it is missing or no longer fits. Packages are those for Lambda's Linux, or, if
    `native`, for this machine, where an embedded AWS plays Lambda. TweeterError `old_python` when
    the Python that runs cannot be deployed, and `command_failed` when pip fails.
    """
    if not native:
        require_deployable(sys.version_info[:2])
    environment = root / ENVIRONMENT
    wanted = made_from(root, native=native)
    stamp = environment / "made-from"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        packages = _site_packages(environment)
        _install(root / LOCK, packages, native=native)
        _remove_unused(packages)
        _compile(packages)
        stamp.write_text(wanted)
    os.environ["VIRTUAL_ENV"] = str(environment)  # what Zappa takes for the active environment


def made_from(root: Path, *, native: bool) -> str:
    """Return all that the environment depends on, a thing a line: it fits as long as this is the
    same."""
    platforms = () if native else _PLATFORMS
    lock = (root / LOCK).read_text()
    return "\n".join((sys.version, *platforms, *_UNUSED, *sorted(AWS_SERVICES), lock))


def collect_static_files(root: Path) -> None:
    """Collect the static files that are used in `static/`, from where Lambda serves them.

    TweeterError `command_failed` when Django can't.
    """
    folder = root / "static"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, str(root / "manage.py"), "collectstatic"]
    command += ["--no-input", "--verbosity=0", *(f"--ignore={each}" for each in UNUSED_STATIC)]
    _run(command)


def finish(archive: Path, root: Path) -> str:
    """Compile our own modules in Zappa's archive, and return a table of what it holds.

    Zappa dates everything 1980, which Python takes for a reason to compile all modules again at
    each cold start. Bytecode that is not compared with its source is spared that (PEP 552); in
    the project's folder it would keep edits from taking effect, so it is made in the archive.
    """
    packages = {path.name for path in _site_packages(root / ENVIRONMENT).iterdir()}
    finished = archive.with_suffix(".finished")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as made:
        tree = Path(folder)
        kept = [entry for entry in made.infolist() if _part(entry) in packages]
        own = [entry for entry in made.infolist() if _part(entry) not in packages]
        made.extractall(tree, [entry for entry in own if "__pycache__" not in entry.filename])
        _compile(tree)
        with zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as complete:
            for entry in kept:
                complete.writestr(entry, made.read(entry))
            for path in sorted(tree.rglob("*")):
                _add(complete, tree, path)
    finished.replace(archive)
    return _composition(archive)


def _install(lock: Path, directory: Path, *, native: bool) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    command += ["--require-hashes", "--no-deps", "--no-compile"]
    command += ["--target", str(directory), "--requirement", str(lock)]
    if not native:
        command += ["--only-binary=:all:", *(f"--platform={each}" for each in _PLATFORMS)]
    _run(command)


def _run(command: list[str]) -> None:
    """Run a command; TweeterError with what it said when it fails."""
    # No shell, and nothing of the command comes from outside.
    done = subprocess.run(  # noqa: S603 # nosec B603
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"{' '.join(command[1:4])} failed:\n{done.stderr.strip()}"
        raise TweeterError("command_failed", message)


def _site_packages(directory: Path) -> Path:
    """Return where Zappa looks for an environment's packages."""
    major, minor = sys.version_info[:2]
    return directory / "lib" / f"python{major}.{minor}" / "site-packages"


def _remove_unused(tree: Path) -> None:
    for pattern in _UNUSED:
        for path in list(tree.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for path in (tree / "botocore" / "data").iterdir():
        if path.is_dir() and path.name not in AWS_SERVICES:
            shutil.rmtree(path)


def _compile(tree: Path) -> None:
    """Compile every module; TweeterError for one that is broken."""
    complete = compileall.compile_dir(
        tree,
        quiet=2,
        # Paths in tracebacks as they are on Lambda, and the same bytes wherever it is built.
        stripdir=tree,
        prependdir="/var/task",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not complete:
        raise TweeterError("broken_module", "A module of the package does not compile.")


def _add(archive: zipfile.ZipFile, tree: Path, path: Path) -> None:
    """Add a file as Zappa does: dated 1980, and for everybody, as Lambda is not its owner."""
    if path.is_file():
        entry = zipfile.ZipInfo(str(path.relative_to(tree)))
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, path.read_bytes())


def _part(entry: zipfile.ZipInfo) -> str:
    """Return the file or folder at the archive's top to which an entry belongs."""
    return entry.filename.split("/")[0]


def _composition(archive: Path) -> str:
    """Return the sizes of the largest parts, unzipped, and of all."""
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            sizes[_part(entry)] += entry.file_size
    largest = sizes.most_common(_SHOWN)
    rest = sizes.total() - sum(size for _, size in largest)
    zipped = archive.stat().st_size / _MEGABYTE
    lines = [(size, part) for part, size in largest]
    lines += [
        (rest, f"{len(sizes) - len(largest)} more"),
        (sizes.total(), f"unzipped; {zipped:.1f} MB zipped"),
    ]
    return "\n".join(f"{size / _MEGABYTE:6.1f} MB  {what}" for size, what in lines)
