"""A cursor is taken from `next`, whole and for its own list; anything else is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from tests.fuzz.effort import effort
from tests.fuzz.mutations import damaged_text
from tests.world import Person, World
from tweeter.api.pagination import CursorPages
from tweeter.errors import InvalidInput
from tweeter.pages import Page

LISTS = st.sampled_from(["followers:ann", "following:ann", "story:ann", "feed:ann", "feed:ann_"])
POSITIONS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def pages(list_name: str, query: str = "") -> CursorPages:
    return CursorPages(Request(APIRequestFactory().get(f"/{query}")), list_name)


def cursor_for(list_name: str, position: str) -> str:
    page: Page[int] = Page((), position)
    answer = pages(list_name).response(page, list)
    assert answer.data is not None
    following: str = answer.data["next"]
    return parse_qs(urlsplit(following).query, keep_blank_values=True)["cursor"][0]


def position_in(list_name: str, cursor: str) -> str | None:
    quoted = quote(cursor.encode("utf-8", "surrogatepass"))
    return pages(list_name, f"?cursor={quoted}").requested().position


def assert_refused(list_name: str, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        position_in(list_name, cursor)
    assert (caught.value.code, caught.value.attr) == ("invalid_cursor", "cursor")


@effort(200)
@given(LISTS, POSITIONS)
def test_a_cursor_leads_to_where_it_was_made(list_name: str, position: str) -> None:
    assert position_in(list_name, cursor_for(list_name, position)) == position


@effort(300)
@given(LISTS, st.text(max_size=200))
def test_any_other_text_is_no_cursor(list_name: str, text: str) -> None:
    assert_refused(list_name, text)


@effort(300)
@given(LISTS, st.binary(max_size=100))
def test_any_bytes_are_no_cursor(list_name: str, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        pages(list_name, f"?cursor={quote(data)}").requested()


@effort(400)
@given(st.data(), LISTS, POSITIONS)
def test_a_damaged_cursor_is_refused(data: st.DataObject, list_name: str, position: str) -> None:
    assert_refused(list_name, data.draw(damaged_text(cursor_for(list_name, position))))


@effort(200)
@given(LISTS, LISTS, POSITIONS)
def test_a_cursor_is_refused_in_every_other_list(one: str, other: str, position: str) -> None:
    if one != other:
        assert_refused(other, cursor_for(one, position))


@pytest.fixture
def ann(world: World) -> Person:
    return world.sign_up("ann")


@effort(100)
@given(st.text(max_size=40), st.sampled_from(["feed", "accounts/ann/story"]))
def test_a_bad_cursor_is_the_clients_mistake(ann: Person, text: str, path: str) -> None:
    answer = ann.client.get(f"/{path}/", {"cursor": text})
    assert answer.status_code == 400
