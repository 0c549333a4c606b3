"""The forms of pages, made of the serializers that read what they send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import get_script_prefix, resolve, reverse
from rest_framework import serializers

_NEVER_SHOWN_AGAIN = ("file", "password")
_FIELDS_OF_CODES = {"alias_taken": "alias", "image_too_large": "avatar"}
"""Fields at fault where an answer names none: only those of a 400 do."""
_MOST_SHOWN_AGAIN = 10_000
"""Characters: more than any field takes. Escaped, each may be six, and Lambda answers with 6 MB at
most (AWS: Lambda developer guide, quotas)."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a form, as its template needs it."""

    id: str
    name: str
    label: str
    type: str
    help_text: str
    required: bool
    value: str
    errors: Sequence[str]
    attributes: Mapping[str, str]
    is_lost: bool
    """Whether a file was sent in it, which no page can put there again."""
    has_focus: bool
    """Whether the page begins here, being the first one that is wrong."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that sends a request to an endpoint."""

    action: str
    method: str
    fields: Sequence[Field]

    @property
    def wants_username(self) -> bool:
        """Tell whether password managers must be told whose password it is about."""
        names = {field.name for field in self.fields}
        return "alias" not in names and any(field.type == "password" for field in self.fields)

    @property
    def has_file(self) -> bool:
        """Tell whether it must be sent as multipart."""
        return any(field.type == "file" for field in self.fields)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came with the present request, and what is wrong with it, by field."""

    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str | None:
        """Return the text that was sent in a field, cut where it is too long for a page; None for
        anything else, which JSON can nest deeper than Python can write."""
        value = self.values.get(name)
        return value[:_MOST_SHOWN_AGAIN] if isinstance(value, str) else None


NOTHING_SENT = Sent(values={}, errors={})


def form_of(
    route: str,
    method: str,
    arguments: Mapping[str, str],
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    initial: Mapping[str, Any],
    sent: Sent,
) -> Form:
    """Return the form of an endpoint, with `only` some of its fields when any are named, or
    `without` some.

    What was sent goes before what is there initially. Passwords and files are never shown again.
    """
    action = reverse(route, kwargs=dict(arguments))
    body = _body_of(action, method)
    fields = body().fields if body else {}
    shown = [name for name in only or fields if name not in without]
    first_wrong = next((name for name in shown if name in sent.errors), None)
    return Form(
        action=action,
        method=method,
        fields=[
            _field(
                field_id(route, method, name),
                fields[name],
                initial,
                sent,
                has_focus=name == first_wrong,
            )
            for name in shown
        ],
    )


def field_id(route: str, method: str, name: str) -> str:
    """Return what a page calls a field."""
    return f"{route}-{method.lower()}-{name}"


def field_at_fault(error: Mapping[str, Any]) -> str | None:
    """Return the field beside which an error of an answer is to stand, None for no single one."""
    field: str | None = error["attr"] or _FIELDS_OF_CODES.get(error["code"])
    return field


def errors_by_field(errors: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that are at fault, each with what is wrong with it."""
    for name in dict.fromkeys(filter(None, map(field_at_fault, errors))):
        yield name, [error["detail"] for error in errors if field_at_fault(error) == name]


def texts_of(view: Any, sent: Sent) -> Mapping[str, str]:
    """Return by their labels the texts, passwords aside, that came for a view's action."""
    body = getattr(getattr(view, getattr(view, "action", None) or "", None), "request_body", None)
    fields = body().fields.values() if body else ()
    shown = [field for field in fields if _type(field) not in _NEVER_SHOWN_AGAIN]
    return {_label(field): text for field in shown if (text := sent.text(str(field.field_name)))}


def _body_of(path: str, method: str) -> type[serializers.Serializer[Any]] | None:
    """Return the serializer of an endpoint's body, from what the view is described by."""
    view: Any = resolve("/" + path.removeprefix(get_script_prefix())).func
    body: type[serializers.Serializer[Any]] | None
    body = getattr(view.cls, view.actions[method.lower()]).request_body
    return body


def _field(
    identifier: str,
    field: serializers.Field[Any, Any, Any, Any],
    initial: Mapping[str, Any],
    sent: Sent,
    *,
    has_focus: bool,
) -> Field:
    name, kind = str(field.field_name), _type(field)
    text = sent.text(name)
    value = initial.get(name, "") if text is None else text
    return Field(
        id=identifier,
        name=name,
        label=_label(field),
        type=kind,
        help_text=str(field.style.get("help", field.help_text or "")),
        required=field.required,
        value="" if kind in _NEVER_SHOWN_AGAIN else str(value),
        errors=sent.errors.get(name, ()),
        attributes=field.style.get("attributes", {}),
        is_lost=kind == "file" and bool(sent.values.get(name)),
        has_focus=has_focus,
    )


def _label(field: serializers.Field[Any, Any, Any, Any]) -> str:
    return str(field.style.get("label", field.label))


def _type(field: serializers.Field[Any, Any, Any, Any]) -> str:
    if isinstance(field, serializers.FileField):
        return "file"
    return str(field.style.get("input_type", "text"))
