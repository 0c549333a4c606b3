"""What the templates of pages need beside Django's own tags."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.entities import Relationship
from tweeter import wiring
from tweeter.api.browsable.forms import NOTHING_SENT, form_of
from tweeter.api.browsable.tunnel import IDEMPOTENCY_FIELD, METHOD_FIELD
from tweeter.errors import TweeterError

register = template.Library()


@register.inclusion_tag("tweeter/parts/form.html", takes_context=True)
def form(
    context: Context,
    method: str,
    route: str,
    *,
    button: str,
    kind: str = "main",
    only: str = "",
    once: bool = False,
    **arguments: str,
) -> dict[str, Any]:
    """Show the form of an endpoint, with what was wrong when it was sent by the present request.

    `kind` is how the button looks: main, quiet, danger; `only` names some of the fields; `once` has
    it carry an idempotency key, so that a double click or a reload posts once. After an error of
    ours it keeps its key: who knows how far we came.
    """
    is_this = context["route"] == route and context["method"] == method
    sent = context["sent"] if is_this else NOTHING_SENT
    initial = _initial(context)
    fields = form_of(route, method, arguments, only=only.split(), initial=initial, sent=sent)
    failed = context["response"].status_code >= 500
    old_key = sent.values.get(IDEMPOTENCY_FIELD) if failed else None
    return {
        "alias": context["me"].alias if context["me"] else "",
        "button": button,
        "csrf_token": context["csrf_token"],
        "form": fields,
        "kind": kind,
        "hidden": {
            METHOD_FIELD: method if method != "POST" else None,
            IDEMPOTENCY_FIELD: (old_key or uuid4().hex) if once else None,
        },
    }


@register.simple_tag(takes_context=True)
def relationship(context: Context, alias: str) -> Relationship | None:
    """Return who of the visitor and an account follows whom; None when that can't be told now."""
    try:
        return wiring.follow_service().relationship(context["request"].auth, alias)
    except TweeterError:  # the page is worth showing without it
        return None


@register.filter
def status_text(status: Mapping[str, Any]) -> SafeString:
    """Return the text of a status with its mentions and links to click on."""
    text = status["text"]
    spans = [
        (each["start"], each["end"], reverse("account", kwargs={"alias": each["alias"]}))
        for each in status["mentions"]
    ] + [(each["start"], each["end"], each["url"]) for each in status["links"]]
    parts: list[str] = []
    at = 0
    for start, end, address in sorted(spans):
        link = '<a href="{}" rel="nofollow noreferrer">{}</a>'
        parts += [text[at:start], format_html(link, address, text[start:end])]
        at = end
    parts.append(text[at:])
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def when(time: str, style: str = "minute") -> SafeString:
    """Return a time of an answer as people write it, in UTC, to the minute or to the `day`."""
    moment = datetime.fromisoformat(time)
    text = f"{moment.day} {moment:%b %Y}"
    if style != "day":
        text += f", {moment:%H:%M} UTC"
    return format_html('<time datetime="{}">{}</time>', time, text)


def _initial(context: Context) -> dict[str, Any]:
    """Return what a form begins with: the name that may be changed, as it is now."""
    me, answer = context["me"], context["answer"]
    if not me or context["route"] != "own-account":
        return {}
    return {"name": answer["name"] if answer else me.name}
