"""The forms of pages, made of the serializers that read what they send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import get_script_prefix, resolve, reverse
from rest_framework import serializers

_NEVER_SHOWN_AGAIN = ("file", "password")


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


NOTHING_SENT = Sent(values={}, errors={})


def form_of(
    route: str,
    method: str,
    arguments: Mapping[str, str],
    *,
    only: Sequence[str] = (),
    initial: Mapping[str, Any],
    sent: Sent,
) -> Form:
    """Return the form of an endpoint, with `only` some of its fields when any are named.

    What was sent goes before what is there initially. Passwords and files are never shown again.
    """
    action = reverse(route, kwargs=dict(arguments))
    body = _body_of(action, method)
    fields = body().fields if body else {}
    form_id = f"{route}-{method.lower()}"
    return Form(
        action=action,
        method=method,
        fields=[_field(form_id, name, fields[name], initial, sent) for name in only or fields],
    )


def errors_by_field(errors: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that are at fault, each with what is wrong with it."""
    for attr in dict.fromkeys(error["attr"] for error in errors if error["attr"]):
        yield attr, [error["detail"] for error in errors if error["attr"] == attr]


def _body_of(path: str, method: str) -> type[serializers.Serializer[Any]] | None:
    """Return the serializer of an endpoint's body, from what the view is described by."""
    view: Any = resolve("/" + path.removeprefix(get_script_prefix())).func
    body: type[serializers.Serializer[Any]] | None
    body = getattr(view.cls, view.actions[method.lower()]).request_body
    return body


def _field(
    form_id: str,
    name: str,
    field: serializers.Field[Any, Any, Any, Any],
    initial: Mapping[str, Any],
    sent: Sent,
) -> Field:
    kind = _type(field)
    value = sent.values.get(name, initial.get(name, ""))
    return Field(
        id=f"{form_id}-{name}",
        name=name,
        label=str(field.label),
        type=kind,
        help_text=str(field.style.get("help", field.help_text or "")),
        required=field.required,
        value="" if kind in _NEVER_SHOWN_AGAIN else str(value),
        errors=sent.errors.get(name, ()),
        attributes=field.style.get("attributes", {}),
    )


def _type(field: serializers.Field[Any, Any, Any, Any]) -> str:
    if isinstance(field, serializers.FileField):
        return "file"
    return str(field.style.get("input_type", "text"))
