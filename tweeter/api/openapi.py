"""What the OpenAPI schema says of all endpoints alike."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
    inline_serializer,
)
from rest_framework import serializers

from tweeter.api import rate_headers
from tweeter.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S", bound=serializers.Serializer[Any])
Body = type[serializers.Serializer[Any]]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_REQUEST_ID = OpenApiParameter(
    "X-Request-Id",
    str,
    OpenApiParameter.HEADER,
    response=True,
    required=True,
    description="Names this request in our logs; tell it when you ask about one.",
)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    {"type": "integer", "minimum": 1},
    OpenApiParameter.HEADER,
    response=[429, 503],
    required=True,
    description="Seconds after which to try again.",
)
_CHALLENGE = OpenApiParameter(
    "WWW-Authenticate",
    {"type": "string", "enum": ["Bearer"]},
    OpenApiParameter.HEADER,
    response=[401],
    required=True,
    description="How to authenticate (RFC 6750).",
)
_HEADERS = (_REQUEST_ID, _RETRY_AFTER, _CHALLENGE)
_RATE_HEADERS = tuple(
    OpenApiParameter(
        name,
        {"type": "integer", "minimum": minimum},
        OpenApiParameter.HEADER,
        response=True,
        description=f"{text} Of the tightest limit that the request counts for, if it does.",
    )
    for name, minimum, text in (
        (rate_headers.LIMIT, 1, "How many there may be."),
        (rate_headers.REMAINING, 0, "How many are left."),
        (rate_headers.RESET, 1, "Seconds after which it is whole again."),
    )
)

CURSOR_PARAMETER = OpenApiParameter(
    "cursor",
    {"type": "string", "minLength": 1},
    description="Only ever taken from a page's `next`, and good for this list only; anything "
    "else is a 400 `invalid_cursor`. Left out for the first page.",
)
PAGE_PARAMETERS = (
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
        description=f"Items on a page, 1 to {MAX_PAGE_SIZE}.",
    ),
    CURSOR_PARAMETER,
)

_ALWAYS = {
    401: "No session where one is needed, or one that is unknown or has ended.",
    406: "No representation that the client accepts.",
    503: "A store is away or throttles; try again after `Retry-After` seconds.",
}
_WITH_BODY = {
    400: "Something in the request is invalid; `attr` says what.",
    413: "The body is too large.",
    415: "A content type that is not understood, or another charset than UTF-8.",
}
_OTHERS = {
    400: _WITH_BODY[400],
    403: "Not yours.",
    404: "There is no such thing.",
    409: "In conflict with what is stored; `code` says how: ",
    429: "Too many attempts; try again after `Retry-After` seconds.",
}
_CODES = {
    401: "authentication_failed",
    403: "permission_denied",
    404: "not_found",
    406: "not_acceptable",
    413: "request_too_large",
    415: "unsupported_media_type",
    429: "throttled",
    503: "unavailable",
}
"""The codes of errors that have one only, or of the commonest one."""


class ErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="For programs; it does not change.")
    detail = serializers.CharField(help_text="For people; it may change.")
    attr = serializers.CharField(allow_null=True, help_text="The field at fault, if one is.")


class ErrorResponseSerializer(serializers.Serializer[Any]):
    """Every error has this shape."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]


@extend_schema_field({"type": "string", "format": "binary", "minLength": 1})
class _NonEmptyFile(serializers.FileField):
    """A file of a form."""


def describe(
    name: str,
    *,
    tag: str,
    answers: Body | None,
    status: int = 200,
    body: Body | None = None,
    errors: Sequence[int] = (),
    refusals: Sequence[str] = (),
    conflicts: Sequence[str] = (),
    parameters: Sequence[OpenApiParameter] = (),
    knows_sessions: bool = True,
) -> Callable[[F], F]:
    """Describe an endpoint: what it takes, what it answers, and with which errors beside those
    that every endpoint may give; `refusals` are the codes of its own 401s, and `conflicts` those of
    its 409s. One that knows no sessions looks at no token, good or bad.

    Generated clients call their functions by the `name`, which therefore stays as it is, and
    sort them by the `tag`.
    """
    own_codes = {401: refusals, 409: conflicts}
    takes_body = body is not None
    texts = _error_texts(errors, own_codes, takes_body=takes_body, knows_sessions=knows_sessions)
    headers = (*_HEADERS, *_RATE_HEADERS) if 429 in texts else _HEADERS
    responses = _error_answers(texts, own_codes, body)
    responses[status] = OpenApiResponse(answers, _description(answers))

    def decorate(view: F) -> F:
        setattr(view, "request_body", body)  # noqa: B010 - of which pages make the form
        summary = (view.__doc__ or "").partition(".")[0].replace("\n", " ").strip()
        schema: Callable[[F], F] = extend_schema(
            operation_id=name,
            tags=[tag],
            summary=summary,
            request=None if body is None else _bodies(body),
            parameters=[*parameters, *headers],
            responses=responses,
        )
        return schema(view)

    return decorate


def uri(text: str) -> dict[str, Any]:
    """Describe the address of something."""
    return {"type": "string", "format": "uri", "description": text}


def answered(example: Mapping[str, Any]) -> Callable[[type[S]], type[S]]:
    """Give a serializer an example of the answers that it makes."""
    shown = [OpenApiExample("Example", dict(example), response_only=True)]
    decorate: Callable[[type[S]], type[S]] = extend_schema_serializer(examples=shown)
    return decorate


def page_of(item: Body, example: Mapping[str, Any], path: str) -> Body:
    """Return the serializer that describes a page of `item`s, one of which is the example; of a
    list at the path, in that."""
    name = item.__name__.removesuffix("Serializer") + "Page"
    fields = {
        "next": serializers.URLField(
            allow_null=True, help_text="Where the next page is; null when nothing is left."
        ),
        "previous": serializers.URLField(allow_null=True, help_text="Always null."),
        "results": item(many=True),
    }
    page = type(inline_serializer(name, fields))
    page.__doc__ = "A page of a list, newest first."
    # A page is one object, although the action is called `list`.
    page = extend_schema_serializer(many=False)(page)
    more = f"https://api.example.org{path}?cursor=0006612e396a94ea%3A7av3GIgWMQT0F9Xg&page_size=1"
    return answered({"next": more, "previous": None, "results": [example]})(page)


def _error_texts(
    errors: Sequence[int],
    own_codes: Mapping[int, Sequence[str]],
    *,
    takes_body: bool,
    knows_sessions: bool,
) -> dict[int, str]:
    """Return what is said of each error that an endpoint may give, by its status."""
    texts = _ALWAYS | (_WITH_BODY if takes_body else {}) | {code: _OTHERS[code] for code in errors}
    if not knows_sessions:
        del texts[401]
    if own_codes[401]:
        texts[401] += f" Also {_listed(own_codes[401])}."
    if own_codes[409]:
        texts[409] = f"{_OTHERS[409]}{_listed(own_codes[409])}."
    return texts


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _error_answers(
    texts: Mapping[int, str], own_codes: Mapping[int, Sequence[str]], body: Body | None
) -> dict[int, OpenApiResponse]:
    """Describe each of the errors, with an example for each of its codes. That of a 400 is about
    the first field of the body, or about the cursor."""
    codes = {status: [code] for status, code in _CODES.items()}
    codes |= {400: ["invalid_cursor" if body is None else "invalid"]}
    field = "cursor" if body is None else str(next(iter(body().fields)))
    answers = {}
    for status, text in sorted(texts.items()):
        examples = [
            OpenApiExample(code, value=_error(status, code, field), response_only=True)
            for code in (*codes.get(status, ()), *own_codes.get(status, ()))
        ]
        answers[status] = OpenApiResponse(ErrorResponseSerializer, text, examples)
    return answers


def _error(status: int, code: str, field: str) -> Mapping[str, Any]:
    kind = {400: "validation_error", 503: "server_error"}.get(status, "client_error")
    attr = field if status == 400 else None
    return {
        "type": kind,
        "errors": [{"code": code, "detail": "Says why, for people.", "attr": attr}],
    }


def _description(answers: Body | None) -> str:
    """Describe what is answered when all goes well."""
    return "Done." if answers is None else inspect.cleandoc(answers.__doc__ or "")


def _bodies(body: Body) -> Mapping[str, Body]:
    """Return what each content type holds: the same, but for files, which JSON has as base64.

    Each has a name of its own, since generated clients tell by it which content type to send.
    """
    files = {
        name: _NonEmptyFile(required=field.required, help_text=field.help_text)
        for name, field in body().fields.items()
        if isinstance(field, serializers.FileField)
    }

    def named(kind: str, fields: Mapping[str, Any]) -> Body:
        return type(body.__name__.replace("Serializer", f"{kind}Serializer"), (body,), {**fields})

    return {JSON: body, FORM: named("Form", {}), MULTIPART: named("Multipart", files)}
