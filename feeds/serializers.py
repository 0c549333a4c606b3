"""Deliveries as JSON."""

from __future__ import annotations

from rest_framework import serializers

from feeds.entities import Delivery, DeliveryState
from tweeter.api.openapi import answered


@answered(
    {
        "state": "delivering",
        "followers": 10_000,
        "delivered": 2_500,
        "started_at": "2026-11-26T09:31:00.500000Z",
        "finished_at": None,
    }
)
class DeliverySerializer(serializers.Serializer[Delivery]):
    """How far the delivery of a status has come."""

    state = serializers.ChoiceField(
        source="state.value", choices=[state.value for state in DeliveryState]
    )
    followers = serializers.IntegerField(min_value=0, help_text="Feeds that the status belongs to.")
    delivered = serializers.IntegerField(
        min_value=0,
        help_text="How many of them hold it; after a fault it may be too high until all do.",
    )
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
