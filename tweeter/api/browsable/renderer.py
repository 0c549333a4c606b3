"""The page of an endpoint: its answer for people, its answer for programs, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template import loader
from django.utils.safestring import SafeString
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.entities import Caller
from accounts.serializers import AccountSerializer
from tweeter.api.authentication import cookie_name
from tweeter.api.browsable.cookie import may_be_signed_in
from tweeter.api.browsable.forms import (
    NOTHING_SENT,
    Sent,
    errors_by_field,
    field_at_fault,
    field_id,
    texts_of,
)
from tweeter.api.browsable.json_markup import json_markup
from tweeter.errors import TweeterError, Unavailable

_PROBLEM = "tweeter/problem.html"
_ANY_PAGE = "tweeter/page.html"
_WITHOUT_FORMS = frozenset({401, 403, 404, 405, 406})
"""Errors after which the same form would be of no use, unless it was the one to sign in by."""
_SENT_BY_FORMS = frozenset({"POST", "PATCH", "DELETE"})
"""Methods that stand for a form which somebody filled in."""

_MOST_SHOWN = 500_000
"""Characters of an answer on its page. As HTML each may be six, and within an address, which is
written twice, twelve. The page of the longest addresses that can be posted then has 3.6 MB, and
Lambda answers with 6 at most (AWS: Lambda developer guide, quotas)."""


class PageRenderer(BrowsableAPIRenderer):
    """Renders an answer as a page, by the template `tweeter/pages/<name of the route>.html`.

    A route without a template of its own gets the page that shows the JSON. What the endpoint would
    do for a program, it has done already: a page is the same answer, seen by people. Only two
    answers are others: 204 becomes 200, as a page has content, and so does 405 for the GET of an
    endpoint that takes other methods only, as the page is the place of its forms.
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the page. It shows a `?` for half a character, which JSON can hold (RFC 8259,
        section 8.2)."""
        around = renderer_context or {}
        self.renderer_context = dict(around)  # where DRF's own methods look for it
        self.accepted_media_type = accepted_media_type or ""
        request, response = around["request"], around["response"]
        only_forms = request.method == "GET" and response.status_code == 405
        failed = response.status_code >= 400 and not only_forms
        context = self._of_request(request, response) | self._of_answer(data, response)
        context |= {"answer": None if failed or only_forms else data, "only_forms": only_forms}
        context |= _of_visitor(request, response, data)
        context["alias"] = _alias(context)
        context["sent"] = _sent(request, data) if failed else NOTHING_SENT
        if failed:
            context |= _of_problem(data, context, around["view"])
        page = loader.select_template(_templates(context, failed=failed))
        text = page.render(context, request=request._request)  # noqa: SLF001 - as DRF does
        if only_forms or response.status_code == status.HTTP_204_NO_CONTENT:
            response.status_code = status.HTTP_200_OK
        return str(text).encode("utf-8", "replace").decode()

    def _of_request(self, request: Request, response: Response) -> dict[str, Any]:
        view = self.renderer_context["view"]
        return {
            "allowed": [each for each in view.allowed_methods if each != "OPTIONS"],
            "arguments": request.resolver_match.kwargs if request.resolver_match else {},
            "description": view.get_view_description(html=True),
            "method": request.method,
            "name": view.get_view_name(),
            "raw_url": replace_query_param(request.get_full_path(), "format", "json"),
            "response": response,
            "retry_after": response.headers.get("Retry-After"),
            "route": _route(request),
        }

    def _of_answer(self, data: Any, response: Response) -> dict[str, Any]:
        view = self.renderer_context["view"]
        renderer: Any = self.get_default_renderer(view)
        headers = dict(response.items()) | {"Content-Type": renderer.media_type}
        if data is None:
            del headers["Content-Type"]
        return {
            "content": self._content(renderer, data),
            "headers": dict(sorted(headers.items())),
            "status_line": f"{response.status_code} {response.status_text}",
        }

    def _content(self, renderer: Any, data: Any) -> str | SafeString:
        if data is None:
            return ""
        around = {**self.renderer_context, "indent": 2}
        text = _cut(renderer.render(data, self.accepted_media_type, around).decode())
        return json_markup(text) if isinstance(renderer, JSONRenderer) else text


def _cut(text: str) -> str:
    """Return the lines of a text that a page has room for; below it is a link to the whole."""
    if len(text) <= _MOST_SHOWN:
        return text
    return text[:_MOST_SHOWN].rpartition("\n")[0] + "\n…"


def _route(request: Request | HttpRequest) -> str:
    match = request.resolver_match
    return match.url_name or "" if match else ""


def _templates(context: Mapping[str, Any], *, failed: bool) -> list[str]:
    """Return the templates of which the first that exists makes the page."""
    of_route = f"tweeter/pages/{context['route']}.html"
    if not failed:
        # What OPTIONS tells is the same of every endpoint, and nothing that its own page shows.
        return [_ANY_PAGE] if context["method"] == "OPTIONS" else [of_route, _ANY_PAGE]
    refused = any(each["code"] == "invalid_credentials" for each in context["problems"])
    of_no_use = context["response"].status_code in _WITHOUT_FORMS and not refused
    is_form = context["method"] in _SENT_BY_FORMS.intersection(context["allowed"])
    return [of_route, _PROBLEM] if is_form and not of_no_use else [_PROBLEM]


def _of_visitor(request: Request, response: Response, data: Any) -> dict[str, Any]:
    """Return who sees the page, as an account that clients see (`me`), and whether that could not
    be found out: who sent the request, unless it began or ended a session.

    DRF's own `request.user` would look for the session again where that has failed, and fail again
    in the middle of a page.
    """
    cookie = response.cookies.get(cookie_name())
    if cookie:
        return {"me": data["account"] if cookie.value else None, "may_be_signed_in": False}
    auth = getattr(request._request, "auth", None)  # noqa: SLF001 - put there by DRF
    if not isinstance(auth, Caller):
        if request.authenticators:
            return {"me": None, "may_be_signed_in": isinstance(auth, Unavailable)}
        return {"me": None} | may_be_signed_in(request._request)  # noqa: SLF001 - as above
    me = AccountSerializer(auth.account, context={"request": request}).data
    is_newer = isinstance(data, Mapping) and data.get("url") == me["url"]
    return {"me": data if is_newer else me, "may_be_signed_in": False}


def _alias(context: Mapping[str, Any]) -> str:
    """Return the alias that the page is about: as its owner writes it, where the page knows that,
    and else as it stands in the path."""
    written = str(context["arguments"].get("alias", ""))
    known = [context["me"]] if context["me"] else []
    if isinstance(answer := context["answer"], Mapping):
        known += [answer, *(each.get("author", {}) for each in answer.get("results", [])[:1])]
    spellings = {each.get("alias", "").lower(): each.get("alias", "") for each in known}
    return str(spellings.get(written.lower(), written))


def _sent(request: Request, data: Any) -> Sent:
    """Return what is to be shown in the form that was sent."""
    try:
        values = request.data
    except (APIException, TweeterError):  # it could not be read, which is what the answer says
        values = {}
    is_form = request.method in _SENT_BY_FORMS
    errors = dict(errors_by_field(data["errors"])) if is_form else {}
    return Sent(values=values if isinstance(values, Mapping) else {}, errors=errors)


def _of_problem(data: Any, context: Mapping[str, Any], view: Any) -> dict[str, Any]:
    """Return what is wrong, apart from what is shown beside the fields of a form, where the first
    of these is, what was typed in vain, and whom one looked for in vain."""
    is_form = context["method"] in _SENT_BY_FORMS
    general = [each for each in data["errors"] if not (is_form and field_at_fault(each))]
    first = next(iter(context["sent"].errors), None)
    marked = field_id(context["route"], context["method"], first) if first else None
    return {
        "problems": general,
        "first_wrong": marked,
        "unsent": texts_of(view, context["sent"]),
        "sought": context["alias"] if context["response"].status_code == 404 else "",
    }
