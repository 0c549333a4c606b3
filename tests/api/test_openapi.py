"""What the OpenAPI schema promises to those who build clients from it.

That the API keeps to it is for `tests/fuzz` to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator

METHODS = {"get", "post", "put", "patch", "delete"}
BODIES = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
Operation = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema as it is written to a file."""
    out = StringIO()
    call_command("spectacular", stdout=out)
    return dict(yaml.safe_load(out.getvalue()))


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> list[Operation]:
    """Every operation under its method and path."""
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all that an operation says of its bodies, in both directions."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()


def resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    name = part["$ref"].rpartition("/")[2]
    return dict(schema["components"]["schemas"][name])


def test_a_strict_validator_finds_nothing(schema: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV30SpecValidator(schema).iter_errors()] == []


def test_every_operation_is_described(schema: dict[str, Any], operations: list[Operation]) -> None:
    tags = {tag["name"] for tag in schema["tags"]}
    for name, operation in operations:
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["security"], name
        assert set(operation["tags"]) <= tags, name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter)


def test_an_operation_that_needs_a_session_says_so(operations: list[Operation]) -> None:
    optional = {name for name, operation in operations if {} in operation["security"]}
    assert optional == {
        "GET /accounts/{alias}/",
        "GET /accounts/{alias}/followers/",
        "GET /accounts/{alias}/following/",
        "GET /accounts/{alias}/story/",
        "GET /health/",
        "GET /statuses/{status_id}/",
        "POST /accounts/",
        "POST /sessions/",
    }


def test_every_error_has_the_one_shape_and_an_example(operations: list[Operation]) -> None:
    for name, operation in operations:
        for status, response in operation["responses"].items():
            if status < "400":
                continue
            (content,) = response["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}, name
            assert content["examples"], (name, status)


def test_every_answer_names_the_headers_that_come_with_it(operations: list[Operation]) -> None:
    expected = {
        "401": {"WWW-Authenticate"},
        "429": {"Retry-After"},
        "503": {"Retry-After"},
    }
    for name, operation in operations:
        for status, response in operation["responses"].items():
            required = {
                key for key, header in response["headers"].items() if header.get("required")
            }
            assert required == {"X-Request-Id"} | expected.get(status, set()), (name, status)


def test_every_body_may_come_in_each_of_the_three_ways(operations: list[Operation]) -> None:
    bodies = [op["requestBody"] for _, op in operations if "requestBody" in op]
    assert len(bodies) >= 5
    assert all(set(body["content"]) == BODIES for body in bodies)


def test_deleting_an_account_takes_a_body_although_others_do_not(
    operations: list[Operation],
) -> None:
    deletions = {name: op for name, op in operations if name.startswith("DELETE")}
    with_body = [name for name, op in deletions.items() if "requestBody" in op]
    assert with_body == ["DELETE /accounts/me/"]


def test_a_picture_is_a_file_in_a_form_and_base64_in_json(schema: dict[str, Any]) -> None:
    content = schema["paths"]["/accounts/"]["post"]["requestBody"]["content"]
    formats = {
        kind: resolve(schema, part["schema"])["properties"]["avatar"]["format"]
        for kind, part in content.items()
    }
    assert formats == dict.fromkeys(BODIES, "byte") | {"multipart/form-data": "binary"}


def test_a_list_is_a_page(schema: dict[str, Any], operations: list[Operation]) -> None:
    lists = [op for name, op in operations if re.search("(followers|following|story|feed)/$", name)]
    assert len(lists) == 4
    for operation in lists:
        (content,) = operation["responses"]["200"]["content"].values()
        page = resolve(schema, content["schema"])
        assert page["type"] == "object"
        assert set(page["required"]) == {"next", "previous", "results"}
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert {"cursor", "page_size"} <= names


def test_every_example_is_valid(schema: dict[str, Any], operations: list[Operation]) -> None:
    seen = 0
    for name, operation in operations:
        for content in contents(operation):
            for title, example in content.get("examples", {}).items():
                rules = {**content["schema"], "components": schema["components"]}
                validator = OAS30Validator(rules, format_checker=oas30_format_checker)
                errors = [error.message for error in validator.iter_errors(example["value"])]
                assert errors == [], (name, title)
                seen += 1
    assert seen > 50
