"""What was sent, as the page of an error shows it again: a text that is not too long."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults import FAULTS, fault
from tests.world import PASSWORD, Client, World

MEGABYTE = 1_000_000
JSON = "application/json"


@pytest.fixture
def browser() -> Client:
    """Somebody who is shown pages, and sends JSON."""
    return Client(HTTP_ACCEPT="text/html", raise_request_exception=False)


@pytest.mark.parametrize(("path", "field"), [("/sessions/", "alias"), ("/accounts/", "name")])
def test_json_that_is_nested_too_deeply_to_be_shown_is_refused_as_any_other(
    world: World, browser: Client, path: str, field: str
) -> None:
    bodies = [f'{{"{field}": {"[" * depth}{"]" * depth}}}' for depth in range(850, 1_001)]
    answers = Counter(browser.post(path, body, content_type=JSON).status_code for body in bodies)
    assert answers == {400: len(bodies)}


def test_a_key_that_is_no_text_is_not_repeated_when_a_post_fails(
    world: World, browser: Client
) -> None:
    browser.credentials(HTTP_AUTHORIZATION=f"Bearer {world.sign_up('ann').token}")
    with fault("dynamodb", FAULTS["away"], operation="TransactWriteItems"):
        for depth in range(850, 1_001, 5):
            body = f'{{"text": "hello", "_idempotency_key": {"[" * depth}{"]" * depth}}}'
            answer = browser.post("/statuses/", body, content_type=JSON)
            assert answer.status_code in {400, 503}


@pytest.mark.parametrize("path", ["/accounts/", "/sessions/", "/statuses/"])
def test_a_text_of_a_megabyte_is_not_repeated_in_full(
    world: World, browser: Client, path: str
) -> None:
    body = dict.fromkeys(("alias", "name", "text"), "'" * MEGABYTE) | {"password": PASSWORD}
    answer = browser.post(path, body)
    assert answer.status_code in {400, 401}
    assert b"&#x27;" * 10_000 in answer.content
    assert len(answer.content) < MEGABYTE


@pytest.mark.parametrize("field", ["alias", "next"])
def test_signing_in_repeats_no_megabyte(world: World, browser: Client, field: str) -> None:
    body = {"alias": "ann", "password": PASSWORD} | {field: "/" + "'" * MEGABYTE}
    answer = browser.post("/sign-in/", body, format="multipart")
    assert (answer.status_code, len(answer.content) < 100_000) == (401, True)
