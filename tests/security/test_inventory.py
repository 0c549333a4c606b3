"""Everything that can be reached is documented, and there is one version of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from tests.lists import assert_whole
from tests.security.endpoints import ENDPOINTS, calls

FOR_PEOPLE = {"/", "/docs/", "/schema/", "/sign-in/", "/sign-out/", "/find/"}
"""Pages, and the schema itself: the only paths that are in no schema."""
NO_PLACES = [
    "/admin/",
    "/api/",
    "/v1/",
    "/v2/feed/",
    "/debug/",
    "/__debug__/",
    "/metrics/",
    "/actuator/",
    "/.env",
    "/.git/config",
    "/zappa_settings.json",
    "/static/../tweeter/settings.py",
    "/static/%2e%2e/tweeter/settings.py",
    "/accounts/me/password/",
]


@pytest.fixture(scope="module")
def schema() -> Any:
    return APIClient().get("/schema/?format=json").json()


def test_every_endpoint_is_in_the_schema_and_nothing_else_is(schema: Any) -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    served = [call for call in calls() if call.partition(" ")[2] not in FOR_PEOPLE]
    assert_whole(documented, served, "the OpenAPI schema, by @describe(...) of its view")


def test_the_schema_says_which_endpoints_need_a_session(schema: Any) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.route not in FOR_PEOPLE:
            operation = schema["paths"][endpoint.route][endpoint.method.lower()]
            needed: Any = [{"bearer": []}] if endpoint.anonymous == 401 else None
            assert operation.get("security") == needed, str(endpoint)
    assert {scheme["scheme"] for scheme in schema["components"]["securitySchemes"].values()} == {
        "bearer"
    }


def test_there_is_one_version(schema: Any) -> None:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text("utf-8"))
    assert schema["info"]["version"] == project["project"]["version"]


@pytest.mark.parametrize("path", NO_PLACES)
def test_there_is_nothing_where_other_systems_have_something(path: str) -> None:
    assert APIClient().get(path).status_code == 404
