"""Accounts, sessions, follows and pictures."""

from __future__ import annotations

from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.wiring.limits import limit, limiter
from tweeter.wiring.queues import account_chores

if TYPE_CHECKING:
    from accounts.dao import S3PictureStore
    from accounts.services import AccountService, FollowService, PictureService, SessionService
    from accounts.services.guesses import PasswordGuard


@cache
def account_service() -> AccountService:
    """Return the accounts."""
    from accounts.dao import DynamoAccountDao
    from accounts.passwords import DjangoPasswordHasher, DjangoPasswordPolicy
    from accounts.pictures import PictureLimits, render_avatar
    from accounts.services import AccountService
    from accounts.services.accounts import AccountLimits

    return AccountService(
        accounts=DynamoAccountDao(),
        sessions=session_service(),
        pictures=picture_service(),
        hasher=DjangoPasswordHasher(),
        policy=DjangoPasswordPolicy(),
        render_picture=partial(render_avatar, limits=PictureLimits()),
        chores=account_chores(),
        limiter=limiter(),
        limits=AccountLimits(
            sign_ups=limit("sign-up", get_config().sign_ups_by_address),
            new_pictures=limit("picture", get_config().pictures_by_account),
        ),
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
        limit=limit("follow", get_config().follows_by_account),
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


def _bucket_url(bucket: str) -> str:
    """Return the address at which S3 itself serves a bucket."""
    from tweeter import aws

    client = aws.client("s3")
    if get_config().environment == "local":
        return f"{client.meta.endpoint_url}/{bucket}"
    return f"https://{bucket}.s3.{client.meta.region_name}.amazonaws.com"
