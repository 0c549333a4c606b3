"""Which implementation stands behind which interface: every service, built once a process.

Imports stand inside the functions, since a cold start should pay for what it uses only: a worker
needs no picture library, and a page of a feed no password hasher.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.config import get_config

if TYPE_CHECKING:
    from accounts.dao import S3PictureStore
    from accounts.services import (
        AccountRemover,
        AccountService,
        FollowService,
        PictureService,
        SessionService,
    )
    from accounts.services.guesses import PasswordGuard
    from feeds.chunk_writer import ChunkWriter
    from feeds.fan_out import FanOut
    from feeds.pacing import Pacer
    from feeds.planner import Planner
    from feeds.queues import AccountChores, SqsQueue
    from feeds.services import FeedService
    from statuses.export import ExportService
    from statuses.services import StatusService
    from tweeter.limits import Limit, Limiter


@cache
def limiter() -> Limiter:
    """Return the limiter, which counts for all processes."""
    from accounts.dao import DynamoAttemptDao
    from tweeter.limits import Limiter

    return Limiter(attempts=DynamoAttemptDao(), secret=get_config().secret_key, clock=system_clock)


@cache
def account_service() -> AccountService:
    """Return the accounts."""
    from accounts.dao import DynamoAccountDao
    from accounts.passwords import DjangoPasswordHasher, DjangoPasswordPolicy
    from accounts.pictures import PictureLimits, render_avatar
    from accounts.services import AccountService

    return AccountService(
        accounts=DynamoAccountDao(),
        sessions=session_service(),
        pictures=picture_service(),
        hasher=DjangoPasswordHasher(),
        policy=DjangoPasswordPolicy(),
        render_picture=partial(render_avatar, limits=PictureLimits()),
        chores=account_chores(),
        limiter=limiter(),
        sign_ups=_limit("sign-up", get_config().sign_ups_by_address),
        clock=system_clock,
    )


@cache
def session_service() -> SessionService:
    """Return the sessions."""
    from accounts.dao import DynamoAccountDao, DynamoSessionDao
    from accounts.passwords import DjangoPasswordHasher
    from accounts.services.sessions import SessionService

    return SessionService(
        accounts=DynamoAccountDao(),
        sessions=DynamoSessionDao(),
        guard=password_guard(),
        hasher=DjangoPasswordHasher(),
        lifetime=timedelta(minutes=get_config().session_minutes),
        clock=system_clock,
    )


@cache
def password_guard() -> PasswordGuard:
    """Return the guard of all passwords."""
    from accounts.services.guesses import GuessLimits, PasswordGuard
    from tweeter.limits import Limit

    config = get_config()
    seconds = config.sign_in_window_seconds
    limits = GuessLimits(
        by_alias_and_address=Limit("sign-in", config.sign_in_attempts, seconds),
        by_alias=Limit("sign-in-at-alias", config.sign_in_attempts_by_alias, seconds),
        by_address=Limit("sign-in-from-address", config.sign_in_attempts_by_address, seconds),
        by_session=Limit("password-in-session", config.sign_in_attempts, seconds),
    )
    return PasswordGuard(limiter=limiter(), limits=limits, clock=system_clock)


@cache
def follow_service() -> FollowService:
    """Return the follows."""
    from accounts.dao import DynamoAccountDao, DynamoFollowDao
    from accounts.services import FollowService

    return FollowService(
        directory=account_service(),
        accounts=DynamoAccountDao(),
        follows=DynamoFollowDao(),
        limiter=limiter(),
        limit=_limit("follow", get_config().follows_by_account),
        clock=system_clock,
    )


@cache
def picture_service() -> PictureService:
    """Return the keeping of pictures."""
    from accounts.dao import DynamoAccountDao
    from accounts.services import PictureService

    return PictureService(
        accounts=DynamoAccountDao(), store=picture_store(), chores=account_chores()
    )


@cache
def account_remover() -> AccountRemover:
    """Return the removal of closed accounts."""
    from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
    from accounts.services import AccountRemover, FollowsAndSessions
    from feeds.dao import DynamoFeedDao, DynamoLine
    from feeds.removal import FeedRemover

    feeds = FeedRemover(feeds=DynamoFeedDao(), line=DynamoLine(), pacer=pacer(), sleep=time.sleep)
    beside = FollowsAndSessions(follows=DynamoFollowDao(), sessions=DynamoSessionDao())
    return AccountRemover(
        accounts=DynamoAccountDao(),
        pictures=picture_service(),
        belongings=[beside, status_service(), feeds],
        arrivals=feeds,
        chores=account_chores(),
        clock=system_clock,
    )


@cache
def account_chores() -> AccountChores:
    """Return the queue of what is done for accounts in the background."""
    from feeds.queues import AccountChores

    return AccountChores(fan_out_queue())


@cache
def picture_store() -> S3PictureStore:
    """Return the pictures."""
    from accounts.dao import S3PictureStore

    config = get_config()
    return S3PictureStore(
        bucket=config.picture_bucket,
        base_url=pictures_address(),
        secret=config.secret_key,
    )


@cache
def pictures_address() -> str:
    """Return the address below which all pictures are fetched, without a slash at its end."""
    config = get_config()
    return config.picture_base_url or _bucket_url(config.picture_bucket)


@cache
def status_service() -> StatusService:
    """Return the statuses."""
    from accounts.dao import DynamoAccountDao
    from feeds.queues import PostedStatuses
    from statuses.dao import DynamoStatusDao
    from statuses.services import StatusService

    return StatusService(
        directory=account_service(),
        accounts=DynamoAccountDao(),
        statuses=DynamoStatusDao(),
        fan_out=PostedStatuses(queue=fan_out_queue(), clock=system_clock),
        limit=_limit("post", get_config().posts_by_account),
        clock=system_clock,
    )


@cache
def export_service() -> ExportService:
    """Return the exports."""
    from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
    from statuses.dao import DynamoStatusDao
    from statuses.export import ExportService

    return ExportService(
        accounts=DynamoAccountDao(),
        sessions=DynamoSessionDao(),
        follows=DynamoFollowDao(),
        statuses=DynamoStatusDao(),
        clock=system_clock,
    )


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


@cache
def fan_out_queue() -> SqsQueue:
    """Return the queue of statuses that wait to be fanned out."""
    from feeds.queues import SqsQueue

    return SqsQueue(get_config().fan_out_queue_name)


@cache
def feed_queue() -> SqsQueue:
    """Return the queue of chunks that wait to be written."""
    from feeds.queues import SqsQueue

    return SqsQueue(get_config().feed_queue_name)


def forget() -> None:
    """Build everything anew when it is next asked for: after the configuration has changed."""
    for build in list(globals().values()):
        if hasattr(build, "cache_clear") and getattr(build, "__module__", None) == __name__:
            build.cache_clear()


def _limit(kind: str, count: int) -> Limit:
    from tweeter.limits import Limit

    return Limit(kind, count, get_config().limit_window_seconds)


def _bucket_url(bucket: str) -> str:
    """Return the address at which S3 itself serves a bucket."""
    from tweeter import aws

    client = aws.client("s3")
    if get_config().environment == "local":
        return f"{client.meta.endpoint_url}/{bucket}"
    return f"https://{bucket}.s3.{client.meta.region_name}.amazonaws.com"
