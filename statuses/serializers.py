"""Statuses as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from accounts.entities import Account, Session
from accounts.serializers import AccountSerializer, AuthorSerializer
from statuses import examples
from statuses.entities import AuthoredStatus, Link, Mention
from statuses.export import Acquaintance, Export
from statuses.text import MAX_TEXT
from tweeter.api.fields import TextField, written_text
from tweeter.api.openapi import answered, uri
from tweeter.api.pagination import CursorPages


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "With a mention and a link",
            {"text": examples.STATUS["text"]},
            request_only=True,
        )
    ]
)
class PostSerializer(serializers.Serializer[Any]):
    """What it takes to post."""

    text = TextField(
        limits=written_text(MAX_TEXT, newlines=True),
        example="Thank you, @grace_h!",
        help_text=f"1 to {MAX_TEXT} characters, counted after Unicode's NFC and trimming; CRLF and "
        "CR become a newline.",
        style={
            "input_type": "textarea",
            "label": "What's new?",
            "help": f"1 to {MAX_TEXT} characters.",
        },
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


@answered(examples.STATUS)
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


class ExportedSessionSerializer(serializers.Serializer[Session]):
    """A session that is alive."""

    used_at = serializers.DateTimeField(help_text="About the last use.")
    expires_at = serializers.DateTimeField(
        help_text="When it ends at the latest if it is not used again. This is soon after what the "
        "session itself is told, since not every use is written down."
    )


class AcquaintanceSerializer(serializers.Serializer[Acquaintance]):
    """An account at the other end of a follow."""

    alias = serializers.CharField(source="account.alias")
    followed_at = serializers.DateTimeField()


@answered(examples.EXPORT)
class ExportSerializer(serializers.Serializer[Export]):
    """A page of what is stored of the caller, without hashes, and without the feed, which is what
    others wrote."""

    exported_at = serializers.DateTimeField()
    account = AccountSerializer()
    sessions = ExportedSessionSerializer(many=True, help_text="On the first page only.")
    statuses = StatusSerializer(many=True)
    following = AcquaintanceSerializer(many=True)
    followers = AcquaintanceSerializer(many=True)
    next = serializers.SerializerMethodField()

    @extend_schema_field(uri("Where the lists go on; null on the last page.") | {"nullable": True})
    def get_next(self, export: Export) -> str | None:
        """Return where the next page is."""
        pages = export_pages(self.context["request"], export.account)
        return pages.next_url(export.next_position)


def export_pages(request: Request, account: Account) -> CursorPages:
    """Return the pages of an account's export."""
    return CursorPages(request, f"export:{account.id}")
