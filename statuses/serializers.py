"""Statuses as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.serializers import AuthorSerializer
from statuses.entities import AuthoredStatus, Link, Mention
from statuses.text import MAX_TEXT
from tweeter.api.fields import TextField, written_text
from tweeter.api.openapi import uri


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "With a mention and a link",
            {"text": "Thank you, @grace_h! It is at https://example.org/notes"},
            request_only=True,
        )
    ]
)
class PostSerializer(serializers.Serializer[Any]):
    """What it takes to post."""

    text = TextField(
        limits=written_text(MAX_TEXT, newlines=True),
        help_text=f"1 to {MAX_TEXT} characters, counted after Unicode's NFC and trimming; CRLF and "
        "CR become a newline.",
        style={"base_template": "textarea.html"},
    )


class MentionSerializer(serializers.Serializer[Mention]):
    """An account named in the text; the span, in code points, includes the `@`."""

    alias = serializers.CharField()
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class LinkSerializer(serializers.Serializer[Link]):
    """A URL in the text; the span is in code points."""

    url = serializers.CharField(help_text="As it is written, in whatever script.")
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class StatusSerializer(serializers.Serializer[AuthoredStatus]):
    """A status, with its author as the account is now."""

    id = serializers.CharField(
        source="status.id",
        help_text="Opaque; a later status has a greater one, by length first and then as text.",
    )
    text = serializers.CharField(
        source="status.text", help_text="In NFC; `start` and `end` count its code points."
    )
    created_at = serializers.DateTimeField(source="status.created_at")
    url = serializers.SerializerMethodField()
    author = AuthorSerializer()
    mentions = MentionSerializer(source="status.mentions", many=True)
    links = LinkSerializer(source="status.links", many=True)

    @extend_schema_field(uri("Where the status is."))
    def get_url(self, authored: AuthoredStatus) -> str:
        """Return where the status is."""
        path_arguments = {"status_id": authored.status.id}
        return reverse("status", kwargs=path_arguments, request=self.context["request"])
