"""Accounts, sessions and relationships as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse
from rest_framework.utils import html

from accounts.entities import Account, Relationship, SignIn
from accounts.pictures import decode_avatar_text
from tweeter import wiring
from tweeter.api.fields import TextField
from tweeter.errors import InvalidInput


class PictureField(serializers.FileField):
    """An image: a file of a form, or in JSON a base64 string or a data URL."""

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

    alias = serializers.CharField()
    name = serializers.CharField()
    avatar_url = serializers.SerializerMethodField()

    def get_avatar_url(self, account: Account) -> str:
        """Return where the account's picture is."""
        return wiring.picture_store().url(account.picture_key)


class AccountSerializer(AuthorSerializer):
    """An account."""

    followers_count = serializers.IntegerField()
    following_count = serializers.IntegerField()
    statuses_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, account: Account) -> str:
        """Return where the account is."""
        path_arguments = {"alias": account.alias}
        return reverse("account", kwargs=path_arguments, request=self.context["request"])


class SignUpSerializer(serializers.Serializer[Any]):
    """What it takes to sign up."""

    alias = TextField(help_text="1 to 30 of A-Z, a-z, 0-9 and _.")
    name = TextField(help_text="1 to 80 characters.")
    password = TextField(
        help_text="8 to 128 characters.", style={"input_type": "password"}, write_only=True
    )
    avatar = PictureField(required=False, write_only=True, help_text="JPEG, PNG, GIF or WebP.")


class ProfileSerializer(serializers.Serializer[Any]):
    """What can be changed of one's own account; what is left out stays as it is."""

    name = TextField(required=False, help_text="1 to 80 characters.")
    avatar = PictureField(required=False, write_only=True, help_text="JPEG, PNG, GIF or WebP.")
    password = TextField(
        required=False,
        help_text="A new one. It ends all other sessions.",
        style={"input_type": "password"},
        write_only=True,
    )
    current_password = TextField(
        required=False,
        help_text="Needed for a new password.",
        style={"input_type": "password"},
        write_only=True,
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return what is to be changed; a blank password field of an HTML form counts as none."""
        values: dict[str, Any] = super().to_internal_value(data)
        if html.is_html_input(data):
            return {name: value for name, value in values.items() if value != ""}
        return values


class CredentialsSerializer(serializers.Serializer[Any]):
    """What it takes to sign in."""

    alias = TextField()
    password = TextField(style={"input_type": "password"}, write_only=True)


class SessionSerializer(serializers.Serializer[SignIn]):
    """A new session; its token is shown this once."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField(
        help_text="When the session ends if it is not used again; each use moves it."
    )
    account = AccountSerializer()


class CurrentSessionSerializer(serializers.Serializer[Mapping[str, Any]]):
    """The session that a request is sent with."""

    expires_at = serializers.DateTimeField(
        help_text="When the session ends if it is not used again; each use moves it."
    )
    account = AccountSerializer()


class FollowSerializer(serializers.Serializer[Any]):
    """What it takes to follow: nothing, so the browsable API's form is but a button."""


class RelationshipSerializer(serializers.Serializer[Relationship]):
    """Who of the caller and another account follows whom."""

    following = serializers.BooleanField()
    followed_by = serializers.BooleanField()
