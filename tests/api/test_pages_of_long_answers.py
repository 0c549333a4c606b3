"""A page shows no more of a long answer than Lambda lets through."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from statuses.examples import EXPORT, STATUS
from statuses.export import PAGE_SIZE
from statuses.views import ExportViewSet
from tweeter.api.browsable.renderer import PageRenderer

LONGEST = 6_000_000
MENTIONS = [{"alias": "a", "start": start, "end": start + 2} for start in range(0, 279, 3)]
ADDRESS = "http://a/" + "'" * 270 + "a"
"""What becomes most of on a page: it stands in the text and among the links, and is written twice
in each place, as what is shown and as where it leads, by six characters for each quote."""
STATUSES: dict[str, dict[str, Any]] = {
    "of mentions": {"text": "@a " * 93, "mentions": MENTIONS},
    "of an address": {"text": ADDRESS, "links": [{"url": ADDRESS, "start": 0, "end": 280}]},
}


def page_of(answer: dict[str, Any]) -> str:
    """Return the page of an export with this answer."""
    path = "/accounts/me/export/"
    view = ExportViewSet(action="retrieve", action_map={"get": "retrieve"})
    request = view.initialize_request(APIRequestFactory().get(path))
    request._request.resolver_match = resolve(path)
    view.request = request
    around = {"view": view, "request": request, "response": Response(answer)}
    return PageRenderer().render(answer, "text/html", around)


@pytest.fixture(scope="module", params=list(STATUSES))
def answer(request: pytest.FixtureRequest) -> dict[str, Any]:
    return EXPORT | {"statuses": [STATUS | STATUSES[request.param]] * PAGE_SIZE}


@pytest.fixture(scope="module")
def page(answer: dict[str, Any]) -> str:
    return page_of(answer)


def test_a_page_of_the_longest_statuses_is_no_larger_than_an_answer_of_lambda(
    answer: dict[str, Any], page: str
) -> None:
    assert len(JSONRenderer().render(answer)) < LONGEST
    assert len(page.encode()) < LONGEST


def test_an_answer_that_is_cut_on_its_page_ends_in_dots_above_the_link_to_all_of_it(
    page: str,
) -> None:
    _, dots, behind = page.partition("\n…</pre>")
    assert dots
    assert "The same as plain JSON" in behind


def test_a_page_of_a_short_answer_shows_all_of_it() -> None:
    page = page_of(dict(EXPORT))
    assert "…" not in page
    assert page.count('<span class="key">&quot;next&quot;</span>') == 1
