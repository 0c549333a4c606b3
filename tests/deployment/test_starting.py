"""Starting with production's settings: what each process must be given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GIVEN = {"TWEETER_SECRET_KEY": "0123456789" * 5, "TWEETER_ALLOWED_HOSTS": "api.example.org"}
LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "tweeter-production", "AWS_REGION": "us-east-1"}
SERVING = [
    pytest.param(["manage.py", "serve"], id="serve"),
    pytest.param(["-c", "import tweeter.wsgi"], id="wsgi"),
]


def run(arguments: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in production's environment with nothing but these variables."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TWEETER_", "DJANGO_"))
    }
    production = {"TWEETER_ENVIRONMENT": "production", "AWS_EC2_METADATA_DISABLED": "true"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=kept | production | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_djangos_check_of_a_deployment_finds_nothing() -> None:
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **GIVEN)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", SERVING)
def test_nothing_is_served_without_a_secret_and_hosts(arguments: list[str]) -> None:
    done = run(arguments)
    assert done.returncode != 0
    last_line = done.stderr.splitlines()[-1]
    assert "TWEETER_SECRET_KEY is missing" in last_line
    assert "TWEETER_ALLOWED_HOSTS is missing" in last_line


def test_a_function_serves_api_gateway_with_a_secret_alone() -> None:
    secret = {"TWEETER_SECRET_KEY": GIVEN["TWEETER_SECRET_KEY"]}
    # Whitenoise warns where no static files were collected, as in a fresh clone.
    done = run(["-W", "ignore", "-c", "import tweeter.wsgi"], **LAMBDA, **secret)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_function_serves_no_static_files_but_the_collected_ones() -> None:
    program = (
        "from django.conf import settings as s;"
        "print(s.WHITENOISE_USE_FINDERS, s.WHITENOISE_AUTOREFRESH, s.STATIC_ROOT)"
    )
    django = {"DJANGO_SETTINGS_MODULE": "tweeter.settings"}
    done = run(["-c", program], **LAMBDA, **GIVEN, **django)
    assert done.stdout.split() == ["False", "False", str(settings.BASE_DIR / "static")]


def test_nothing_in_the_environment_switches_debugging_on() -> None:
    switches = dict.fromkeys(
        ["DEBUG", "DJANGO_DEBUG", "TWEETER_DEBUG", "PYTHONDEBUG", "FLASK_DEBUG"], "1"
    )
    program = "from django.conf import settings as s; print(s.DEBUG, s.ALLOWED_HOSTS)"
    django = {"DJANGO_SETTINGS_MODULE": "tweeter.settings", "TWEETER_LOG_LEVEL": "DEBUG"}
    done = run(["-c", program], **GIVEN, **django, **switches)
    assert done.stdout.split() == ["False", "['api.example.org']"]


def test_no_command_runs_in_a_function_without_its_secret() -> None:
    done = run(["manage.py", "check"], **LAMBDA)
    assert done.returncode != 0
    assert "TWEETER_SECRET_KEY is missing" in done.stderr


def test_every_command_is_in_the_function_but_those_that_serve_one_machine() -> None:
    excluded = json.loads((ROOT / "zappa_settings.json").read_text(encoding="utf-8"))["base"][
        "exclude_glob"
    ]
    not_deployed = [each.replace("/", ".") for each in excluded if (ROOT / each).is_dir()]
    program = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))  # by which Python finds none of them
import django
from django.core.management import get_commands, load_command_class
django.setup()
for name, app in get_commands().items():
    try:
        load_command_class(app, name)
    except ModuleNotFoundError:
        print(name)
"""
    django = {"DJANGO_SETTINGS_MODULE": "tweeter.settings"}
    done = run(["-c", program, *not_deployed], **GIVEN, **django)
    assert done.stderr == ""
    assert set(done.stdout.split()) == {"deploy_local", "run", "serve", "work"}


def test_an_operators_command_runs_without_the_secret() -> None:
    done = run(["manage.py", "check"])
    assert (done.returncode, done.stderr) == (0, "")
