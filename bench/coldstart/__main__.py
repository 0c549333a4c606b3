"""`python -m bench.coldstart`: the CPU time until the first page of a feed is answered."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.coldstart import first_request
from bench.coldstart.packages import Package, our_package, package_by_defaults
from bench.system import embedded_aws
from bench.tables import print_table

_PARTS = ("initialisation", "first", "second")
_TARGET = 0.5
"""Of the CPU time that a package of Zappa's defaults takes, at most."""


def main() -> None:
    """Measure both packages in turns, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of a start of each package; 7")
    rounds = parser.parse_args().rounds
    with embedded_aws(), TemporaryDirectory(prefix="tweeter-bench-") as directory:
        folder = Path(directory)
        event = folder / "event.json"
        event.write_text(json.dumps(_feed_page_event()), encoding="utf-8")
        packages = [our_package(folder), package_by_defaults(folder)]
        reports: dict[str, list[dict[str, Any]]] = {package.name: [] for package in packages}
        for _ in range(rounds):
            for package in packages:  # in turns, so that both see the same machine
                reports[package.name].append(_start(package, event))
        _check_answers(reports)
        _print(packages, reports)


def _feed_page_event() -> dict[str, Any]:
    """Return what API Gateway hands over for a page of a feed with 20 statuses."""
    from bench.api import Api  # noqa: PLC0415 - it reads the product's settings
    from bench.people import reader_with_full_page  # noqa: PLC0415
    from tweeter.provisioning import provision  # noqa: PLC0415

    provision(lambda line: None)
    reader = reader_with_full_page(Api(), "reader")
    headers = {
        "Host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "Accept": "application/json",
        "Authorization": f"Bearer {reader.token}",
        "X-Forwarded-For": "203.0.113.7, 198.51.100.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": "/{proxy+}",
        "path": "/feed/",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": "feed"},
        "stageVariables": None,
        "requestContext": {
            "requestId": "00000000-0000-0000-0000-000000000000",
            "stage": "local",
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def _start(package: Package, event: Path) -> dict[str, Any]:
    """Return what a new process reports; RuntimeError with what it said when it fails."""
    variables = {
        **os.environ,
        **package.variables,
        "AWS_LAMBDA_FUNCTION_NAME": "tweeter-local",
        "AWS_REGION": "us-east-1",
        "PYTHONDONTWRITEBYTECODE": "1",  # as a package's folder on Lambda is read-only
        "TWEETER_SECRET_KEY": "only-for-the-benchmark-" + "0" * 50,
    }
    variables.pop("PYTHONPATH", None)
    command = [sys.executable, "-S", str(Path(first_request.__file__)), str(event)]
    done = subprocess.run(
        command, cwd=package.folder, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"{package.name} does not start:\n{done.stderr[-2000:]}"
        raise RuntimeError(message)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _check_answers(reports: dict[str, list[dict[str, Any]]]) -> None:
    """RuntimeError unless all answered the same page, for else other work would be compared."""
    answers = {
        (report["status"], tuple(each["id"] for each in json.loads(report["body"])["results"]))
        for of_package in reports.values()
        for report in of_package
    }
    if len(answers) != 1 or next(iter(answers))[0] != 200:
        raise RuntimeError("The packages did not answer the same page.")


def _print(packages: list[Package], reports: dict[str, list[dict[str, Any]]]) -> None:
    rows = []
    totals = {}
    for package in packages:
        of_package = reports[package.name]
        total = sorted(report["initialisation"] + report["first"] for report in of_package)
        totals[package.name] = median(total)
        parts = [median(report[part] for report in of_package) for part in _PARTS]
        figures = [*parts, median(total), total[0], total[-1]]
        rows.append(
            [
                package.name,
                *(f"{figure * 1000:.0f}" for figure in figures),
                f"{package.megabytes:.1f}",
            ]
        )
    print_table(
        "CPU milliseconds until the first page of a feed is answered (medians; least and most)",
        ["package", "initialisation", "first", "second", "total", "least", "most", "MB"],
        rows,
    )
    ours, defaults = (totals[package.name] for package in packages)
    print(f"\n  ours takes {ours / defaults:.2f} of Zappa's defaults (target: {_TARGET:g})")


if __name__ == "__main__":
    main()
