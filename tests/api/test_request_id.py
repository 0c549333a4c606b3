"""The id of a request: in its answer, in its lines, and in those of all that it sets going."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.faults import fault
from tests.log_lines import Line, recorded_lines
from tests.world import World
from tweeter.local.lambda_event import LambdaContext

GATEWAY_ID = "4f2c8f6e-7a56-4b0c-9d0b-3c1f4e1d2a11"


def through_gateway(request_id: object) -> dict[str, Any]:
    """Return what Zappa adds to the WSGI environment."""
    return {
        "lambda.event": {"requestContext": {"requestId": request_id}},
        "lambda.context": LambdaContext(function_name="tweeter-dev", timeout_seconds=30),
    }


def request_lines(lines: list[Line]) -> list[Line]:
    return [line for line in lines if "route" in line]


def of_request(lines: list[Line], request_id: str) -> list[Line]:
    return [line for line in lines if line.get("request_id") == request_id]


def test_each_answer_has_an_id_of_its_own(world: World) -> None:
    ids = [world.anonymous.get("/").headers["X-Request-Id"] for _ in range(2)]
    assert len(set(ids)) == 2


def test_the_id_is_that_of_api_gateway(world: World) -> None:
    answer = world.anonymous.get("/", **through_gateway(GATEWAY_ID))
    assert answer.headers["X-Request-Id"] == GATEWAY_ID


@pytest.mark.parametrize("request_id", [None, 7, "", "a b", "x" * 65])
def test_an_id_that_is_none_is_replaced(world: World, request_id: object) -> None:
    answer = world.anonymous.get("/", **through_gateway(request_id))
    assert answer.headers["X-Request-Id"] not in {"", "None", str(request_id)}


def test_a_client_can_not_choose_the_id(world: World) -> None:
    answer = world.anonymous.get("/", headers={"X-Request-Id": GATEWAY_ID})
    assert answer.headers["X-Request-Id"] != GATEWAY_ID


def test_a_request_is_one_line_with_its_account_and_without_its_query(world: World) -> None:
    ann = world.sign_up("Ann")
    with recorded_lines() as lines:
        answer = ann.client.get("/accounts/ann/story/?page_size=5&note=a-mistake")
    (line,) = lines
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["message"].startswith("GET /accounts/ann/story/ 200 ")
    expected = {"method": "GET", "route": "story", "status": 200, "account": "ann"}
    assert expected.items() <= line.items()
    assert line["milliseconds"] > 0
    assert "a-mistake" not in str(line)


def test_the_line_also_names_the_invocation_of_the_function(world: World) -> None:
    environ = through_gateway(GATEWAY_ID)
    with recorded_lines() as lines:
        world.anonymous.get("/", **environ)
    (line,) = lines
    assert line["function_request_id"] == environ["lambda.context"].aws_request_id
    assert "account" not in line


@pytest.mark.parametrize(
    ("path", "body", "status", "route"),
    [
        ("/nothing/here%0Aforged/", "", 404, "none"),
        ("/statuses/", "{", 401, "statuses"),
        ("/sessions/", "x" * 5_000_000, 413, "none"),
    ],
)
def test_a_request_that_is_refused_has_its_line_too(
    world: World, path: str, body: str, status: int, route: str
) -> None:
    with recorded_lines() as lines:
        answer = world.anonymous.post(path, body, content_type="application/json")
    (line,) = lines
    assert (answer.status_code, line["status"], line["route"]) == (status, status, route)
    assert f"POST {path} {status} " in line["message"]


def test_a_fault_is_logged_with_the_id_that_the_client_is_given(world: World) -> None:
    ann = world.sign_up("ann")
    client = APIClient(
        raise_request_exception=False, headers={"Authorization": f"Bearer {ann.token}"}
    )
    with fault("dynamodb", ZeroDivisionError), recorded_lines() as lines:
        answer = client.get("/feed/?note=a-mistake")
    assert answer.status_code == 500
    found = of_request(lines, answer.headers["X-Request-Id"])
    assert found == lines
    assert [line["level"] for line in found] == ["ERROR", "INFO"]
    assert found[0]["exception_name"] == "ZeroDivisionError"
    assert "a-mistake" not in str(lines)


def test_all_that_a_post_sets_going_is_logged_under_its_id(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    with recorded_lines() as lines:
        fields = {"text": "hello"}
        answer = author.client.post("/statuses/", fields, **through_gateway(GATEWAY_ID))
        follower.post("something else")
        world.deliver()
    assert answer.status_code == 201
    assert follower.feed()[-1] == "hello"
    found = [(line.get("route"), line.get("queue")) for line in of_request(lines, GATEWAY_ID)]
    assert found == [
        ("statuses", None),
        (None, "tweeter-test-fan-out"),
        (None, "tweeter-test-feed"),
    ]
    assert len({line["function_request_id"] for line in of_request(lines, GATEWAY_ID)}) == 3
