"""No request costs more than its limit: head, body, pages, mentions, pictures."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from accounts.dao.bulk import DynamoCrowdDao
from accounts.entities import NO_STATUS, AccountId, Follow, new_account
from bench.recorder import Call, Recorder
from feeds.models import FeedModel
from statuses.ids import next_status_id
from statuses.models import StatusModel
from tests.world import World
from tweeter import aws
from tweeter.api.request_head import MAX_HEAD_BYTES
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.dynamodb import BATCH_GET_LIMIT
from tweeter.local.ports import LOOPBACK, find_free

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789_"
MEGABYTE = 1_000_000


def as_many_aliases_as_fit() -> str:
    """Return the text that mentions most accounts: aliases of one character, then of two."""
    short = [f"@{one}" for one in ALPHABET]
    pairs = [f"@{one}{two}" for one in ALPHABET for two in ALPHABET]
    text = ""
    for mention in short + pairs:
        if len(text) + len(mention) > 280:
            break
        text += mention + " "
    return text.strip()


def test_the_mentions_of_a_status_are_looked_up_by_one_call_with_its_key(world: World) -> None:
    ann = world.sign_up("ann")
    text = as_many_aliases_as_fit()
    seen: list[Call] = []
    with Recorder([aws.client("dynamodb")], seen.append):
        answer = ann.client.post("/statuses/", {"text": text}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    _, looked_up = (
        [len(table["Keys"]) for table in call.parameters["RequestItems"].values()]
        for call in seen
        if call.operation == "BatchGetItem"
    )
    assert text.count("@") == 79
    assert sum(looked_up) == 80 <= BATCH_GET_LIMIT


@pytest.mark.parametrize("separator", [" ", ".", "-", "\n", "あ"])
def test_no_text_holds_more_mentions_than_one_call_can_look_up(
    world: World, separator: str
) -> None:
    ann = world.sign_up("ann")
    text = separator.join(["@a"] * 93)
    assert len(text) == 278
    assert ann.client.post("/statuses/", {"text": text}).status_code == 201
    assert BATCH_GET_LIMIT > 93


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Accept", "Cookie", "X-Any"])
def test_a_header_of_a_megabyte_is_refused(world: World, name: str) -> None:
    answer = world.anonymous.get("/accounts/ann/", headers={name: "x" * MEGABYTE})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    "path",
    ["/accounts/ann/story/?cursor={}", "/accounts/{}/", "/feed/?x={}", "/statuses/{}/", "/{}"],
)
def test_an_address_of_a_megabyte_is_refused(world: World, path: str) -> None:
    assert world.anonymous.get(path.format("x" * MEGABYTE)).status_code == 413


def test_many_small_headers_are_as_bad_as_a_large_one(world: World) -> None:
    headers = {f"X-Header-{number}": "x" * 100 for number in range(MAX_HEAD_BYTES // 100)}
    assert world.anonymous.get("/", headers=headers).status_code == 413


def test_what_api_gateway_lets_through_is_not_refused(world: World) -> None:
    world.sign_up("ann")
    answer = world.anonymous.get("/accounts/ann/", headers={"X-Much": "x" * 10_240})
    assert answer.status_code == 200


def test_a_body_is_refused_by_its_length_before_it_is_read(world: World) -> None:
    length = str(get_config().max_body_bytes + 1)
    for path in ("/accounts/", "/sessions/", "/statuses/", "/sign-in/", "/no/"):
        answer = world.anonymous.post(path, {}, CONTENT_LENGTH=length)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
            413,
            "request_too_large",
        )


@pytest.mark.parametrize(
    "body",
    [
        "[" * MEGABYTE,
        '{"a":' * 800_000,
        '{"text": "' + "\\u0301" * 100_000 + '"}',
        '{"text": "' + "@a " * MEGABYTE + '"}',
        '{"text": "' + "http://a(" * 400_000 + '"}',
        json.dumps({str(number): number for number in range(200_000)}),
        '{"text": ' + "9" * MEGABYTE + "}",
    ],
    ids=["lists", "objects", "marks", "mentions", "links", "fields", "digits"],
)
def test_a_body_that_would_be_dear_to_read_is_refused(world: World, body: str) -> None:
    ann = world.sign_up("ann")
    answer = ann.client.generic("POST", "/statuses/", body, content_type="application/json")
    assert answer.status_code == 400


def test_a_form_has_no_more_files_and_fields_than_its_limit(world: World) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n'
    many = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'
    client: Any = world.anonymous  # whose types know no bytes
    for body in (part * 101 + b"--x--", many * 1_001 + b"--x--"):
        answer = client.generic(
            "POST", "/accounts/", body, content_type="multipart/form-data; boundary=x"
        )
        assert answer.status_code == 400


def fill_lists_of(owner: AccountId, people: int) -> None:
    """Have so many people follow an account, with a status of each in its feed."""
    now = system_clock()
    crowd = [
        new_account(f"p{n}", name="P", password_hash="-", story_tag=f"{n:016x}", created_at=now)
        for n in range(people)
    ]
    bulk = DynamoCrowdDao()
    bulk.put_accounts(crowd)
    bulk.put_follows([Follow(each.id, owner, NO_STATUS) for each in crowd], now)
    with StatusModel.batch_write() as statuses, FeedModel.batch_write() as feed:
        for each in crowd:
            text: dict[str, Any] = {"text": "hello", "mentions": [], "links": []}
            tag, status_id = each.story_tag, next_status_id(each.story_tag, NO_STATUS, now)
            statuses.save(StatusModel(tag, status_id, author_id=each.id, followers=1, **text))
            feed.save(FeedModel(owner, status_id, author_id=each.id))


@pytest.mark.parametrize(
    ("path", "look_ups"),
    [("/feed/", 3), ("/accounts/bob/followers/", 2)],  # 101 statuses by 101 authors; 101 accounts
)
def test_the_largest_page_costs_one_query_and_one_look_up_for_each_hundred_things(
    world: World, path: str, look_ups: int
) -> None:
    bob = world.sign_up("bob")
    fill_lists_of(AccountId("bob"), people=102)
    seen: list[Call] = []
    with Recorder([aws.client("dynamodb")], seen.append):
        answer = bob.client.get(f"{path}?page_size=100")
    assert (len(answer.data["results"]), answer.data["next"] is None) == (100, False)
    operations = [call.operation for call in seen]
    query = operations.index("Query")
    assert operations[query:] == ["Query"] + ["BatchGetItem"] * look_ups
    assert seen[query].parameters["Limit"] == 101


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where the local server listens; it needs no AWS for what is asked of it here."""
    port = find_free()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tweeter.settings"},
        stderr=subprocess.PIPE,
    )
    assert server.stderr is not None
    while b"Serving on" not in (line := server.stderr.readline()):
        assert line, "the server ended"
    yield port
    server.terminate()
    server.communicate(timeout=30)


def test_over_the_wire_a_large_head_is_refused_and_no_server_is_named(port: int) -> None:
    answers = {}
    for size in (10, 2 * MAX_HEAD_BYTES, MEGABYTE):
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
        try:
            connection.request("GET", "/", headers={"X-Much": "x" * size})
            answer = connection.getresponse()
        except (BrokenPipeError, ConnectionResetError):
            answers[size] = 431  # the server closed before it had read all, which is a refusal too
            continue
        answers[size] = answer.status
        assert answer.headers["Server"] is None
        assert b"waitress" not in answer.read().lower()
        connection.close()
    assert answers == {10: 200, 2 * MAX_HEAD_BYTES: 413, MEGABYTE: 431}
