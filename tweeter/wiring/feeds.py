"""Feeds and their delivery."""

from __future__ import annotations

import time
from functools import cache, partial
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.wiring.queues import fan_out_queue, feed_queue
from tweeter.wiring.statuses import status_service

if TYPE_CHECKING:
    from feeds.chunk_writer import ChunkWriter
    from feeds.fan_out import FanOut
    from feeds.pacing import Pacer
    from feeds.planner import Planner
    from feeds.services import FeedService


@cache
def feed_service() -> FeedService:
    """Return the feeds."""
    from feeds.dao import DynamoDeliveryDao, DynamoFeedDao, DynamoLine
    from feeds.services import FeedService
    from statuses.dao import DynamoStatusDao

    return FeedService(
        feeds=DynamoFeedDao(),
        deliveries=DynamoDeliveryDao(),
        line=DynamoLine(),
        statuses=DynamoStatusDao(),
        status_service=status_service(),
    )


@cache
def fan_out() -> FanOut:
    """Return the fan-out."""
    from accounts.dao import DynamoAccountDao
    from feeds.dao import DynamoDeliveryDao, DynamoLine
    from feeds.fan_out import FanOut
    from statuses.dao import DynamoStatusDao

    return FanOut(
        accounts=DynamoAccountDao(),
        statuses=DynamoStatusDao(),
        deliveries=DynamoDeliveryDao(),
        line=DynamoLine(),
        planner=planner(),
        jobs=fan_out_queue(),
        pacer=pacer(),
        clock=system_clock,
    )


@cache
def planner() -> Planner:
    """Return the planner of those in line."""
    from accounts.dao import DynamoFollowDao
    from feeds.dao import DynamoDeliveryDao, DynamoLine
    from feeds.planner import Planner
    from statuses.dao import DynamoStatusDao

    return Planner(
        line=DynamoLine(),
        follows=DynamoFollowDao(),
        statuses=DynamoStatusDao(),
        deliveries=DynamoDeliveryDao(),
        runs=fan_out_queue(),
        chunks=feed_queue(),
        pacer=pacer(),
        chunk_size=get_config().chunk_size,
    )


@cache
def chunk_writer() -> ChunkWriter:
    """Return the feed writer."""
    from feeds.chunk_writer import ChunkWriter
    from feeds.dao import DynamoDeliveryDao, DynamoFeedDao
    from statuses.dao import DynamoStatusDao
    from tweeter.backoff import backoff

    return ChunkWriter(
        statuses=DynamoStatusDao(),
        feeds=DynamoFeedDao(),
        deliveries=DynamoDeliveryDao(),
        chunks=feed_queue(),
        pacer=pacer(),
        clock=system_clock,
        pauses=partial(backoff, base=0.1, cap=0.4),
        sleep=time.sleep,
    )


@cache
def pacer() -> Pacer:
    """Return the pacer that all writers of the feed table share."""
    from feeds.dao import DynamoBudgetStore, DynamoWriteCapacity
    from feeds.pacing import Pacer

    return Pacer(
        store=DynamoBudgetStore("feeds"), capacity=DynamoWriteCapacity(), seconds_now=time.time
    )
