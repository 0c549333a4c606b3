"""Statuses as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.serializers import AuthorSerializer
from statuses.entities import AuthoredStatus, Link, Mention
from tweeter.api.fields import TextField


class PostSerializer(serializers.Serializer[Any]):
    """What it takes to post."""

    text = TextField(help_text="1 to 280 characters.", style={"base_template": "textarea.html"})


class MentionSerializer(serializers.Serializer[Mention]):
    """An account named in the text; the span, in code points, includes the `@`."""

    alias = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class LinkSerializer(serializers.Serializer[Link]):
    """A URL in the text; the span is in code points."""

    url = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class StatusSerializer(serializers.Serializer[AuthoredStatus]):
    """A status, with its author as the account is now."""

    id = serializers.CharField(source="status.id")
    text = serializers.CharField(source="status.text")
    created_at = serializers.DateTimeField(source="status.created_at")
    url = serializers.SerializerMethodField()
    author = AuthorSerializer()
    mentions = MentionSerializer(source="status.mentions", many=True)
    links = LinkSerializer(source="status.links", many=True)

    def get_url(self, authored: AuthoredStatus) -> str:
        """Return where the status is."""
        path_arguments = {"status_id": authored.status.id}
        return reverse("status", kwargs=path_arguments, request=self.context["request"])
