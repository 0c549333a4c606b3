"""Every endpoint against every dependency: what is served while one of them is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.faults import FAULTS, fault
from tests.lists import assert_whole
from tests.provisioned_aws import Kept, aws_as_it_was, aws_now, provisioned_aws
from tests.security.endpoints import calls, route_of
from tests.world import PASSWORD, Person, World, avatar
from tweeter.api.authentication import cookie_name
from tweeter.tables import all_tables

TABLES = [spec.short_name for spec in all_tables()]
DEPENDENCIES = ["dynamodb", "sqs", "s3", *TABLES]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request, its answer while all is well, and what it can't be answered without."""

    call: str
    status: int
    needs: frozenset[str]
    by: str | None
    body: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def expected(self, away: str) -> int:
        """The status while a dependency is away."""
        needed = self.needs & set(TABLES) if away == "dynamodb" else self.needs & {away}
        return 503 if needed else self.status


def row(
    call: str,
    status: int,
    needs: str,
    by: str | None = None,
    body: dict[str, str] | None = None,
    **headers: str,
) -> Row:
    """Return a row of the table."""
    return Row(
        call=call,
        status=status,
        needs=frozenset(needs.split()),
        by=by,
        body=body,
        headers=headers,
    )


SIGNED_IN = "sessions accounts"
EVERYTHING = " ".join(["sqs", *TABLES])
MATRIX = [
    # What tells how things are, or how to use them, is there without anything.
    row("GET /", 200, ""),
    row("GET /", 200, "", "ann"),
    row("GET /schema/", 200, "", "ann"),
    row("GET /docs/", 200, "", "ann"),
    row("GET /sign-in/", 200, ""),
    row("GET /find/", 404, ""),
    row("GET /health/", 200, EVERYTHING),
    # What anybody may read needs no session, even where a token is sent.
    row("GET /accounts/ann/", 200, "accounts"),
    row("GET /accounts/ann/", 200, "accounts", "bob"),
    row("GET /accounts/ann/followers/", 200, "accounts follows", "bob"),
    row("GET /accounts/bob/following/", 200, "accounts follows"),
    row("GET /accounts/ann/story/", 200, "accounts statuses"),
    row("GET /accounts/ann/story/", 200, "accounts statuses", "bob"),
    row("GET /statuses/{status_id}/", 200, "accounts statuses", "bob"),
    # What only the caller may read does.
    row("GET /accounts/me/", 200, SIGNED_IN, "ann"),
    row("GET /accounts/me/export/", 200, f"{SIGNED_IN} statuses follows", "ann"),
    row("GET /sessions/current/", 200, SIGNED_IN, "ann"),
    row("GET /accounts/ann/relationship/", 200, f"{SIGNED_IN} follows", "bob"),
    row("GET /statuses/{status_id}/delivery/", 200, f"{SIGNED_IN} statuses line progress", "ann"),
    row("GET /feed/", 200, f"{SIGNED_IN} feeds statuses", "bob"),
    # What is limited beyond posting needs its counter: limits hold also while it is away.
    # Only posts that go to somebody need the queues, and only pictures the bucket.
    row("POST /statuses/", 201, f"{SIGNED_IN} statuses sqs", "ann", {"text": "to bob"}),
    row("POST /statuses/", 201, f"{SIGNED_IN} statuses", "bob", {"text": "to nobody"}),
    row(
        "POST /statuses/",
        201,
        f"{SIGNED_IN} statuses receipts",
        "bob",
        {"text": "once"},
        HTTP_IDEMPOTENCY_KEY="k",
    ),
    row("DELETE /statuses/{status_id}/", 204, f"{SIGNED_IN} statuses", "ann"),
    row("POST /accounts/ann/follow/", 201, f"{SIGNED_IN} follows attempts", "fan"),
    row("DELETE /accounts/ann/follow/", 204, f"{SIGNED_IN} follows former-follows attempts", "eve"),
    row("PATCH /accounts/me/", 200, SIGNED_IN, "ann", {"name": "Another"}),
    row("PATCH /accounts/me/", 200, f"{SIGNED_IN} attempts s3 sqs", "ann", {"avatar": avatar()}),
    row(
        "PATCH /accounts/me/",
        200,
        f"{SIGNED_IN} attempts",
        "ann",
        {"password": "a horse, another", "current_password": PASSWORD},
    ),
    row(
        "POST /accounts/",
        201,
        f"{SIGNED_IN} attempts",
        None,
        {"alias": "new", "name": "New", "password": PASSWORD},
    ),
    row(
        "POST /accounts/",
        201,
        f"{SIGNED_IN} attempts s3 sqs",
        None,
        {"alias": "pictured", "name": "Pictured", "password": PASSWORD, "avatar": avatar()},
    ),
    row(
        "POST /sessions/",
        201,
        f"{SIGNED_IN} attempts",
        None,
        {"alias": "bob", "password": PASSWORD},
    ),
    row("DELETE /sessions/current/", 204, SIGNED_IN, "fan"),
    row("DELETE /accounts/me/", 204, f"{SIGNED_IN} attempts sqs", "eve", {"password": PASSWORD}),
]
PAGES = [each for each in MATRIX if each.call.startswith("GET")]


@contextmanager
def away(dependency: str) -> Iterator[None]:
    """Let a service be away, or a table be without capacity."""
    if dependency in {"sqs", "s3", "dynamodb"}:
        with fault(dependency, FAULTS["away"]):  # type: ignore[arg-type]
            yield
    else:
        with fault("dynamodb", FAULTS["without capacity"], table=dependency):
            yield


@dataclass(frozen=True)
class Scene:
    """Ann, whom Bob and Eve follow, with a status in their feeds; and a fan who is about to."""

    world: World
    people: dict[str, Person]
    status_id: str

    def ask(self, asked: Row, client: APIClient | None = None, **headers: str) -> Any:
        method, path = asked.call.split(" ")
        by = client or (self.people[asked.by].client if asked.by else self.world.anonymous)
        return getattr(by, method.lower())(
            path.format(status_id=self.status_id), asked.body, **asked.headers, **headers
        )


@cache
def _made() -> tuple[dict[str, str], str, Kept]:
    """Return tokens, the id of Ann's status, and the AWS that knows them: made once."""
    with provisioned_aws():
        world = World()
        ann, bob, eve, fan = world.people("ann", "bob", "eve", "fan")
        bob.follow(ann)
        eve.follow(ann)
        posted = ann.post("hello")
        world.deliver()
        tokens = {each.alias: each.token for each in (ann, bob, eve, fan)}
        return tokens, posted["id"], aws_now()


@pytest.fixture
def scene() -> Iterator[Scene]:
    tokens, status_id, kept = _made()
    with aws_as_it_was(kept):
        world = World()
        people = {alias: world.signed_in(alias, token) for alias, token in tokens.items()}
        yield Scene(world, people, status_id)


def test_every_endpoint_is_in_the_matrix() -> None:
    named = [f"{method} {route_of(path)}" for method, path in (row.call.split() for row in MATRIX)]
    served = [
        call for call in calls() if not call.startswith("POST /sign-")
    ]  # see the pages' tests
    assert_whole(named, served, "MATRIX in tests/api/test_away_matrix.py, with what it needs")


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_what_can_be_served_is_served_and_the_rest_is_unavailable(
    scene: Scene, dependency: str
) -> None:
    answers = {}
    for asked in MATRIX:
        with away(dependency):
            answers[asked.call, asked.by, str(asked.body)] = scene.ask(asked)
    expected = [each.expected(dependency) for each in MATRIX]
    assert [answer.status_code for answer in answers.values()] == expected
    for answer in answers.values():
        if answer.status_code == 503:
            assert_unavailable(answer)
    assert_that_what_was_answered_holds(scene, [*answers.values()])


def assert_unavailable(answer: Any) -> None:
    assert int(answer.headers["Retry-After"]) > 0
    body = answer.json()
    assert body["type"] == "server_error"
    assert [each["code"] for each in body["errors"]] == ["unavailable"]


def assert_that_what_was_answered_holds(scene: Scene, answers: list[Any]) -> None:
    """Nothing of a 503 has happened here, since each fault came before the call was sent."""
    done = {
        (each.call, str(each.body)): answer.status_code < 300
        for each, answer in zip(MATRIX, answers, strict=True)
    }
    scene.world.deliver()
    deleted = done["DELETE /statuses/{status_id}/", "None"]
    posted = done["POST /statuses/", "{'text': 'to bob'}"]
    assert scene.people["bob"].feed() == ["to bob"] * posted + ["hello"] * (not deleted)
    ann = scene.world.anonymous.get("/accounts/ann/").data
    assert ann["statuses_count"] == posted + (not deleted)
    unfollowed = (
        done["DELETE /accounts/ann/follow/", "None"]
        or done["DELETE /accounts/me/", str({"password": PASSWORD})]
    )
    assert ann["followers_count"] == 2 + done["POST /accounts/ann/follow/", "None"] - unfollowed


@pytest.mark.parametrize("dependency", ["dynamodb", "sqs", "s3", "sessions", "feeds"])
def test_a_browser_gets_a_page_that_can_be_read(scene: Scene, dependency: str) -> None:
    for asked in PAGES:
        client = APIClient()
        if asked.by:
            client.cookies[cookie_name()] = scene.people[asked.by].token
        with away(dependency):
            answer = scene.ask(asked, client, HTTP_ACCEPT="text/html")
        assert answer.status_code == asked.expected(dependency), asked.call
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0
            content = answer.content.decode()
            assert "try again" in content or "do not answer" in content


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/"])
def test_the_forms_of_a_browser_say_when_to_try_again(scene: Scene, path: str) -> None:
    client = APIClient(HTTP_ACCEPT="text/html")
    client.cookies[cookie_name()] = scene.people["bob"].token
    fields = {"alias": "bob", "password": PASSWORD}
    with away("dynamodb"):
        answer = client.post(path, fields, format="multipart")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "try again" in answer.content.decode()
    assert client.post(path, fields, format="multipart").status_code == 302


def test_signing_in_too_often_by_the_form_is_no_fault_of_ours(scene: Scene) -> None:
    client = APIClient()
    fields = {"alias": "bob", "password": "no"}
    answers = [client.post("/sign-in/", fields, format="multipart") for _ in range(4)]
    answer = answers[-1]
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("token", ["no.token", "ann." + "0" * 43])
def test_whether_a_token_is_good_is_not_known_while_sessions_are_away(
    world: World, token: str
) -> None:
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/feed/").status_code == 401
    with away("dynamodb"):
        answer = client.get("/feed/")
    malformed = token == "no.token"
    assert answer.status_code == (401 if malformed else 503)


def test_a_program_that_signs_out_by_the_form_gets_the_shape_of_errors(scene: Scene) -> None:
    client = APIClient()
    client.cookies[cookie_name()] = scene.people["bob"].token
    with away("dynamodb"):
        answer = client.post("/sign-out/")
    assert answer.status_code == 503
    assert_unavailable(answer)
