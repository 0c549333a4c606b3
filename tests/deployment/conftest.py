"""The API as it is deployed: production's settings, its static files in one folder, API Gateway."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.urls import clear_script_prefix

from tests.configuration import configured
from tests.deployment.gateway import STAGE, Client, Handler
from tweeter import settings as source
from tweeter.config import get_config
from tweeter.deployment.package import UNUSED_STATIC
from tweeter.wsgi import make_application

GATEWAY_HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
DOMAIN = "api.example.org"


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of static files that a package contains."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command(
            "collectstatic", interactive=False, verbosity=0, ignore_patterns=list(UNUSED_STATIC)
        )
    return folder


@pytest.fixture
def production(aws: None, static_root: Path) -> Iterator[None]:
    """Production's settings, with the data of the test and Lambda's way with static files.

    Only `test_starting` says that this is on Lambda: there, the settings take over what the whole
    process logs.
    """
    variables = {
        "TWEETER_ALLOWED_HOSTS": f".execute-api.us-east-1.amazonaws.com,{DOMAIN}",
        "TWEETER_ENVIRONMENT": STAGE,
        "TWEETER_NAME_PREFIX": get_config().name_prefix,
    }
    with configured(variables):
        deployed = {
            name: value
            for name, value in runpy.run_path(source.__file__).items()
            if name.isupper() and name != "DATABASES" and getattr(settings, name) != value
        }
        deployed |= {
            "STATIC_ROOT": static_root,
            "WHITENOISE_AUTOREFRESH": False,
            "WHITENOISE_USE_FINDERS": False,
        }
        with override_settings(**deployed):
            yield


@pytest.fixture
def handler(production: None) -> Iterator[Handler]:
    """The function."""
    yield Handler(make_application())
    clear_script_prefix()  # Django's own test client leaves it as it is


@pytest.fixture
def behind_stage(handler: Handler) -> Client:
    """A client of API Gateway's own address, where every path begins with the stage."""
    return Client(handler, host=GATEWAY_HOST, prefix=f"/{STAGE}")


@pytest.fixture
def behind_domain(handler: Handler) -> Client:
    """A client of a custom domain, which stands for the stage."""
    return Client(handler, host=DOMAIN, prefix="")


@pytest.fixture(params=["behind_stage", "behind_domain"])
def client(request: pytest.FixtureRequest) -> Client:
    """A client of either."""
    found: Client = request.getfixturevalue(request.param)
    return found
