"""What the templates of pages need beside Django's own tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any
from uuid import uuid4

from django import template
from django.template import Context
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.entities import Relationship
from accounts.rules import ALIAS
from statuses.serializers import StatusSerializer
from tweeter import clock, wiring
from tweeter.api.browsable.forms import NOTHING_SENT, form_of
from tweeter.api.browsable.tunnel import IDEMPOTENCY_FIELD, METHOD_FIELD
from tweeter.config import get_config
from tweeter.errors import TweeterError
from tweeter.pages import PageRequest

register = template.Library()

_OWN_ACCOUNT = "own-account"
_UNITS = ((3_600, "hour"), (60, "minute"), (1, "second"))


@register.inclusion_tag("tweeter/parts/form.html", takes_context=True)
def form(
    context: Context,
    method: str,
    route: str,
    *,
    button: str,
    kind: str = "main",
    only: str = "",
    without: str = "",
    once: bool = False,
    **arguments: str,
) -> dict[str, Any]:
    """Show the form of an endpoint, with what was wrong when it was sent by the present request.

    `kind` is how the button looks: main, quiet, danger; `only` names some of the fields, `without`
    those that it has not; `once` has it carry an idempotency key, so that a double click or a
    reload posts once. After an error of ours it keeps its key: who knows how far we came.

    The forms of one's own account begin with what is there now: whatever of it can be both seen and
    changed, by the names that its serializers have for it.
    """
    is_this = context["route"] == route and context["method"] == method
    sent = context["sent"] if is_this else NOTHING_SENT
    fields = form_of(
        route,
        method,
        arguments,
        only=only.split(),
        without=without.split(),
        initial=(context["me"] if route == _OWN_ACCOUNT else None) or {},
        sent=sent,
    )
    failed = context["response"].status_code >= 500
    old_key = sent.text(IDEMPOTENCY_FIELD) if failed else None
    return {
        "alias": context["me"]["alias"] if context["me"] else "",
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


@register.simple_tag(takes_context=True)
def newest_statuses(context: Context, alias: str, most: int) -> Sequence[Mapping[str, Any]] | None:
    """Return the newest statuses of an account, as clients see them; None when they can't be read
    now."""
    try:
        page = wiring.status_service().page_of_story(alias, PageRequest(most))
    except TweeterError:  # the page is worth showing without them
        return None
    one = StatusSerializer(context={"request": context["request"]})
    return [one.to_representation(each) for each in page.items]


@register.simple_tag(takes_context=True)
def suggested_accounts(context: Context) -> Sequence[str]:
    """Return the aliases of those whom newcomers may want to follow, the visitor's aside."""
    me = context["me"]["alias"] if context["me"] else None
    named = filter(ALIAS.fullmatch, get_config().suggested_accounts)
    return [alias for alias in named if alias != me]


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


@register.filter
def ago(time: str) -> SafeString:
    """Return how long ago something was, for a day; then the day. A pointer shows the minute."""
    moment, now = datetime.fromisoformat(time), clock.system_clock()
    minutes = int((now - moment).total_seconds() // 60)
    if minutes >= 24 * 60:
        text = f"{moment.day} {moment:%b}" + (f" {moment.year}" if moment.year != now.year else "")
    elif minutes >= 60:
        text = f"{minutes // 60} h ago"
    else:
        text = f"{minutes} min ago" if minutes > 0 else "just now"
    exact = f"{moment.day} {moment:%b %Y, %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', time, exact, text)


@register.filter
def wait(seconds: str) -> str:
    """Return the seconds of a `Retry-After` as people would say them, rounded up."""
    left = int(seconds)
    length, unit = next(each for each in _UNITS if left > each[0] or each[0] == 1)
    count = ceil(left / length)
    return f"{count} {unit}{pluralize(count)}"
