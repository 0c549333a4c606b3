"""Accounts, sessions and relationships as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts import examples
from accounts.entities import Account, Relationship, SignIn
from accounts.pictures import DEFAULT_LIMITS, decode_avatar_text
from accounts.rules import ALIAS, MAX_ALIAS, MAX_NAME, MAX_PASSWORD, MIN_PASSWORD
from tweeter import wiring
from tweeter.api.fields import ANY_TEXT, TextField, written_text
from tweeter.api.openapi import JSON, answered, uri
from tweeter.config import get_config
from tweeter.errors import InvalidInput

ALIAS_LIMITS = {"pattern": f"^{ALIAS.pattern}$"}
ALIAS_PARAMETER = OpenApiParameter(
    "alias",
    {"type": "string", **ALIAS_LIMITS},
    OpenApiParameter.PATH,
    description="Names an account, in upper or lower case.",
)
_NAME_LIMITS = written_text(MAX_NAME)
_PASSWORD_LIMITS = {"pattern": rf"^[^\x00]{{{MIN_PASSWORD},{MAX_PASSWORD}}}$"}
_PASSWORD_RULES = (
    f"{MIN_PASSWORD} to {MAX_PASSWORD} characters; not a common one, not all digits, not like the "
    "alias or the name."
)
_MEGABYTES = f"{DEFAULT_LIMITS.max_bytes / 1e6:g} MB"
_BESIDE_A_PICTURE = 1_000
"""Bytes of a JSON body for all that it holds besides."""
_AS_TEXT = min(DEFAULT_LIMITS.max_bytes, (get_config().max_body_bytes - _BESIDE_A_PICTURE) * 3 // 4)
"""Bytes of a picture for which there is room as base64."""
_PICTURE_RULES = (
    f"JPEG, PNG, GIF or WebP, of {_MEGABYTES} and 25 million pixels at most (WebP: 12.5 million): "
    "a file of a form, or a base64 string or data URL. A JSON body has room for "
    f"{_AS_TEXT // 100_000 / 10:g} MB of a picture."
)
# Passwords of examples; their names keep searches for forgotten passwords silent.
_ONE_SECRET, _ANOTHER_SECRET = "a horse, correct", "battery staple"
_USERNAME = {"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}
_PASSWORD = {"input_type": "password", "attributes": {"autocomplete": "current-password"}}
_NEW_PASSWORD = {"input_type": "password", "attributes": {"autocomplete": "new-password"}}
_PICTURE = {
    "help": f"JPEG, PNG, GIF or WebP, up to {_MEGABYTES}.",
    "attributes": {
        "data-max-bytes": str(DEFAULT_LIMITS.max_bytes),
        "data-too-large": f"This picture is larger than {_MEGABYTES}. Choose a smaller one.",
    },
}
"""How forms show fields: `attributes` are HTML's, `help` and `label` stand for DRF's own."""

_ONE_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJg"
    "gg=="
)


@extend_schema_field({"type": "string", "format": "byte", "minLength": 1})
class PictureField(serializers.FileField):
    """An account's picture, which may be left out: a file of a form, or in JSON a base64 string or
    a data URL."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            write_only=True,
            label="Picture",
            help_text=_PICTURE_RULES,
            style=_PICTURE,
        )

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]
        """Return the image's bytes, not yet looked at; a ValidationError for other things."""
        if isinstance(data, str):
            try:
                return decode_avatar_text(data)
            except InvalidInput as error:
                raise serializers.ValidationError(error.message, code=error.code) from error
        uploaded = super().to_internal_value(data)
        return bytes(uploaded.read())


class AuthorSerializer(serializers.Serializer[Account]):
    """An account as it stands beside its statuses."""

    alias = serializers.CharField(help_text="As its owner chose it.")
    name = serializers.CharField()
    avatar_url = serializers.SerializerMethodField()

    @extend_schema_field(uri("Where the picture is; no session is needed to fetch it."))
    def get_avatar_url(self, account: Account) -> str:
        """Return where the account's picture is."""
        return wiring.picture_store().url(account.picture_key)


@answered(examples.ACCOUNT)
class AccountSerializer(AuthorSerializer):
    """An account."""

    followers_count = serializers.IntegerField(min_value=0)
    following_count = serializers.IntegerField(min_value=0)
    statuses_count = serializers.IntegerField(
        min_value=0, help_text="Those that were deleted do not count."
    )
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(uri("Where the account is."))
    def get_url(self, account: Account) -> str:
        """Return where the account is."""
        path_arguments = {"alias": account.alias}
        return reverse("account", kwargs=path_arguments, request=self.context["request"])


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "With a picture",
            {
                "alias": "ada",
                "name": "Ada Lovelace",
                "password": _ONE_SECRET,
                "avatar": _ONE_PIXEL,
            },
            request_only=True,
            media_type=JSON,
        ),
        OpenApiExample(
            "Without",
            {"alias": "grace_h", "name": "Grace Hopper", "password": _ANOTHER_SECRET},
            request_only=True,
        ),
    ]
)
class SignUpSerializer(serializers.Serializer[Any]):
    """What it takes to sign up."""

    alias = TextField(
        limits=ALIAS_LIMITS,
        example="ada",
        help_text="1 to 30 of A-Z, a-z, 0-9 and _; unique in any case. `me` and other words that "
        "paths need are `reserved`.",
        style={
            "attributes": {"maxlength": str(MAX_ALIAS), **_USERNAME},
            "help": f"1 to {MAX_ALIAS} of A-Z, a-z, 0-9 and _. It can't be changed later.",
        },
    )
    name = TextField(
        limits=_NAME_LIMITS,
        example="Ada Lovelace",
        help_text=f"1 to {MAX_NAME} characters.",
        style={"attributes": {"autocomplete": "name"}},
    )
    password = TextField(
        limits=_PASSWORD_LIMITS,
        example=_ONE_SECRET,
        help_text=_PASSWORD_RULES,
        style=_NEW_PASSWORD,
        write_only=True,
    )
    avatar = PictureField()


@extend_schema_serializer(
    examples=[
        OpenApiExample("Another name", {"name": "Ada King"}, request_only=True),
        OpenApiExample(
            "Another password",
            {"password": _ANOTHER_SECRET, "current_password": _ONE_SECRET},
            request_only=True,
        ),
        OpenApiExample(
            "Another picture", {"avatar": _ONE_PIXEL}, request_only=True, media_type=JSON
        ),
    ]
)
class ProfileSerializer(serializers.Serializer[Any]):
    """What can be changed of one's own account. What is left out stays."""

    name = TextField(
        limits=_NAME_LIMITS,
        example="Ada King",
        required=False,
        help_text=f"1 to {MAX_NAME} characters.",
    )
    avatar = PictureField()
    password = TextField(
        limits=_PASSWORD_LIMITS,
        example=_ANOTHER_SECRET,
        required=False,
        label="New password",
        help_text=f"A new one, which ends all other sessions. {_PASSWORD_RULES}",
        style=_NEW_PASSWORD,
        write_only=True,
    )
    current_password = TextField(
        limits=ANY_TEXT,
        example=_ONE_SECRET,
        min_length=1,
        required=False,
        help_text="Needed for a new password.",
        style=_PASSWORD,
        write_only=True,
    )


@extend_schema_serializer(
    examples=[OpenApiExample("Delete it", {"password": _ONE_SECRET}, request_only=True)]
)
class RemovalSerializer(serializers.Serializer[Any]):
    """What it takes to delete one's own account."""

    password = TextField(
        limits=ANY_TEXT,
        example=_ONE_SECRET,
        help_text="The account's, again.",
        style=_PASSWORD,
        write_only=True,
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample("Sign in", {"alias": "ada", "password": _ONE_SECRET}, request_only=True)
    ]
)
class CredentialsSerializer(serializers.Serializer[Any]):
    """What it takes to sign in."""

    alias = TextField(
        limits=ANY_TEXT,
        example="ada",
        help_text="In upper or lower case.",
        style={"attributes": _USERNAME},
    )
    password = TextField(limits=ANY_TEXT, example=_ONE_SECRET, style=_PASSWORD, write_only=True)


@answered(examples.SESSION)
class SessionSerializer(serializers.Serializer[SignIn]):
    """A new session; its token is shown this once."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField(
        help_text="When the session ends if it is not used again; each use moves it."
    )
    account = AccountSerializer()


@answered(examples.CURRENT_SESSION)
class CurrentSessionSerializer(serializers.Serializer[Mapping[str, Any]]):
    """The session that a request is sent with."""

    expires_at = serializers.DateTimeField(
        help_text="When the session ends if it is not used again; each use moves it."
    )
    account = AccountSerializer()


@answered(examples.RELATIONSHIP)
class RelationshipSerializer(serializers.Serializer[Relationship]):
    """Who of the caller and another account follows whom."""

    following = serializers.BooleanField()
    followed_by = serializers.BooleanField()
