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

from tests.lists import assert_whole

METHODS = {"get", "post", "put", "patch", "delete"}
BODIES = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
EXAMPLES = "the example in accounts/examples.py or statuses/examples.py"
Operation = tuple[str, dict[str, Any]]

NAMES = {
    "accounts": {
        "sign_up": "POST /accounts/",
        "read_account": "GET /accounts/{alias}/",
        "read_own_account": "GET /accounts/me/",
        "update_own_account": "PATCH /accounts/me/",
        "delete_own_account": "DELETE /accounts/me/",
        "export_own_data": "GET /accounts/me/export/",
    },
    "sessions": {
        "sign_in": "POST /sessions/",
        "read_session": "GET /sessions/current/",
        "sign_out": "DELETE /sessions/current/",
    },
    "follows": {
        "follow": "POST /accounts/{alias}/follow/",
        "unfollow": "DELETE /accounts/{alias}/follow/",
        "read_followers": "GET /accounts/{alias}/followers/",
        "read_following": "GET /accounts/{alias}/following/",
        "read_relationship": "GET /accounts/{alias}/relationship/",
    },
    "statuses": {
        "post_status": "POST /statuses/",
        "read_status": "GET /statuses/{status_id}/",
        "delete_status": "DELETE /statuses/{status_id}/",
        "read_delivery": "GET /statuses/{status_id}/delivery/",
        "read_story": "GET /accounts/{alias}/story/",
    },
    "feed": {"read_feed": "GET /feed/"},
    "health": {"check_health": "GET /health/"},
}
"""What generated clients call their functions, and where they put them."""


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


def test_the_schema_is_made_without_a_warning(schema: dict[str, Any]) -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert yaml.safe_load(out.getvalue()) == schema


def has_example(field: dict[str, Any]) -> bool:
    """Tell whether a field has an example, also one that may be blank: that has two forms."""
    return any("example" in each for each in (field, *field.get("oneOf", ())))


def test_a_strict_validator_finds_nothing(schema: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV30SpecValidator(schema).iter_errors()] == []


def test_every_operation_is_described(schema: dict[str, Any], operations: list[Operation]) -> None:
    tags = {tag["name"] for tag in schema["tags"]}
    for name, operation in operations:
        assert operation["summary"], f"{name}: its view's method needs a docstring"
        assert operation["description"], f"{name}: its view's method needs a docstring"
        assert len(operation["tags"]) == 1, name
        assert set(operation["tags"]) <= tags, f"{name}: TAGS in tweeter/settings.py lack its tag"
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter)


def test_operations_keep_the_names_that_clients_call_them_by(operations: list[Operation]) -> None:
    named = [
        f"{operation['tags'][0]}: {operation['operationId']} is {name}"
        for name, operation in operations
    ]
    listed = [
        f"{tag}: {name} is {call}" for tag, calls in NAMES.items() for name, call in calls.items()
    ]
    assert_whole(listed, named, "NAMES in tests/api/test_openapi.py")


def test_every_answer_and_every_body_has_an_example(
    schema: dict[str, Any], operations: list[Operation]
) -> None:
    for name, operation in operations:
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                assert content.get("examples"), (
                    f"{name}, {status}: give its serializer an example by @answered(...), "
                    "from examples.py of the app"
                )
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            fields = resolve(schema, content["schema"])["properties"]
            bare = [
                key for key, field in fields.items() if not has_example(field) and key != "avatar"
            ]
            assert bare == [], f"{name}, {kind}: these fields of its serializer need an `example`"


def test_a_body_has_a_name_for_each_content_type(operations: list[Operation]) -> None:
    for name, operation in operations:
        kinds = [
            content["schema"]["$ref"]
            for content in operation.get("requestBody", {}).get("content", {}).values()
        ]
        assert len(kinds) == len(set(kinds)), name


def test_every_error_has_the_one_shape_and_an_example(operations: list[Operation]) -> None:
    for name, operation in operations:
        for status, response in operation["responses"].items():
            if status < "400":
                continue
            (content,) = response["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}, name
            assert content["examples"], (name, status)


def examples_of(operation: dict[str, Any], status: str) -> dict[str, Any]:
    """Return the errors in the examples of a status, by their codes."""
    (content,) = operation["responses"][status]["content"].values()
    errors = [error for each in content["examples"].values() for error in each["value"]["errors"]]
    return {error["code"]: error for error in errors}


def test_an_invalid_request_is_shown_by_something_that_the_endpoint_takes(
    schema: dict[str, Any], operations: list[Operation]
) -> None:
    for name, operation in operations:
        if "400" not in operation["responses"]:
            continue
        taken = {parameter["name"] for parameter in operation.get("parameters", [])}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            taken |= set(resolve(schema, content["schema"])["properties"])
        assert {error["attr"] for error in examples_of(operation, "400").values()} <= taken, name


def test_signing_in_tells_a_wrong_password_from_a_session_that_has_ended(
    schema: dict[str, Any],
) -> None:
    sign_in = schema["paths"]["/sessions/"]["post"]
    assert set(examples_of(sign_in, "401")) == {"authentication_failed", "invalid_credentials"}
    assert "`invalid_credentials`" in sign_in["responses"]["401"]["description"]


def test_endpoints_that_look_at_no_token_are_named_where_tokens_are_told_of(
    schema: dict[str, Any], operations: list[Operation]
) -> None:
    tokenless = [name for name, operation in operations if "401" not in operation["responses"]]
    assert tokenless == ["GET /health/"]
    assert f"only `{tokenless[0]}` looks at none" in schema["info"]["description"]


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
    in_pages = []
    for name, operation in operations:
        if "page_size" in {parameter["name"] for parameter in operation.get("parameters", [])}:
            (content,) = operation["responses"]["200"]["content"].values()
            page = resolve(schema, content["schema"])
            assert page["type"] == "object"
            assert set(page["required"]) == {"next", "previous", "results"}
            in_pages.append(name)
    lists = {
        name for name, _ in operations if re.search("(followers|following|story|feed)/$", name)
    }
    assert lists <= set(in_pages)


def test_every_example_is_valid(schema: dict[str, Any], operations: list[Operation]) -> None:
    seen = 0
    for name, operation in operations:
        for content in contents(operation):
            for title, example in content.get("examples", {}).items():
                rules = {**content["schema"], "components": schema["components"]}
                validator = OAS30Validator(rules, format_checker=oas30_format_checker)
                errors = [error.message for error in validator.iter_errors(example["value"])]
                assert errors == [], f"{name}, {title}: mend {EXAMPLES}"
                seen += 1
    assert seen > 50
