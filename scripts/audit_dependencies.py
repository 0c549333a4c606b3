"""Ask whether anything is known against the pinned packages, by pip-audit.

`audit_dependencies.py [--strict] LOCK...` fails when a vulnerability is known. Where the package
index answers nothing about vulnerabilities (a mirror, no network), that is said loudly, and fails
with `--strict` only: a build must not break by what it cannot ask.
"""

from __future__ import annotations

import argparse
import json
import subprocess  # nosec B404 # the one call is judged by itself
import sys
from dataclasses import dataclass
from typing import Any

_UNREACHABLE = ("Could not connect", "Connection", "is not redirecting properly")
"""What pip-audit says where its service is away, before it gives up without a report."""
_RULER = "!" * 78


@dataclass(frozen=True)
class Report:
    """What is known of one lock file's packages."""

    audited: int
    skipped: tuple[str, ...]
    """Packages that nothing could be learnt about."""
    vulnerabilities: tuple[str, ...]
    """A line for each."""


def read_report(text: str) -> Report:
    """Return what pip-audit's JSON says; ValueError when it is none."""
    dependencies: list[dict[str, Any]] = json.loads(text)["dependencies"]
    skipped = [each["name"] for each in dependencies if "skip_reason" in each]
    found = [
        f"{each['name']} {each['version']}: {vulnerability['id']}"
        f" ({', '.join(vulnerability.get('aliases', [])) or 'no other name'}),"
        f" mended in {', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for each in dependencies
        for vulnerability in each.get("vulns", [])
    ]
    return Report(len(dependencies) - len(skipped), tuple(skipped), tuple(found))


def audit(lock: str) -> Report | None:
    """Return what is known of a lock file's packages, None when the service is away.

    RuntimeError when pip-audit fails for another reason, such as a lock without hashes.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    # Without a resolver: everything is pinned, and nothing is installed to be looked at.
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
    # No shell, and nothing but the names of our own files.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # nosec B603
    try:
        return read_report(done.stdout)
    except (KeyError, TypeError, ValueError) as error:
        if any(sign in done.stderr for sign in _UNREACHABLE):
            return None
        message = f"pip-audit failed on {lock}:\n{done.stderr.strip()}"
        raise RuntimeError(message) from error


def show(lock: str, report: Report | None) -> bool:
    """Print what is known; return whether all packages could be asked about."""
    if report is None or not report.audited:
        print(f"{_RULER}\n{lock}: NOTHING COULD BE AUDITED: the index does not answer about")
        print(f"vulnerabilities. Run this where it does, before a release.\n{_RULER}")
        return False
    print(f"{lock}: {report.audited} packages audited, {len(report.vulnerabilities)} known faults")
    for line in report.vulnerabilities:
        print(f"  {line}")
    if report.skipped:
        print(f"{_RULER}\n{lock}: could not be audited: {', '.join(report.skipped)}\n{_RULER}")
    return not report.skipped


def main() -> int:
    """Audit all files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail where nothing can be asked")
    parser.add_argument("locks", nargs="+", metavar="LOCK")
    options = parser.parse_args()
    all_asked, known = True, 0
    for lock in options.locks:
        try:
            report = audit(lock)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
        all_asked &= show(lock, report)
        known += len(report.vulnerabilities) if report else 0
    return 1 if known or (options.strict and not all_asked) else 0


if __name__ == "__main__":
    sys.exit(main())
