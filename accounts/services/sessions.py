"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.entities import Account, AccountId, Caller, Session, SignIn, account_id_of
from accounts.interfaces import AccountDao, AttemptDao, PasswordHasher, SessionDao
from accounts.rules import ALIAS, MAX_PASSWORD
from tweeter import deadline
from tweeter.clock import Clock
from tweeter.errors import TooManyRequests, Unauthenticated, Unavailable
from tweeter.store import Outdated

logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"([a-z0-9_]{1,30})\.([A-Za-z0-9_-]{43})", re.ASCII)
"""The account's id, so that session and account are found by one look-up, and 256 random bits."""

_RENEWALS = 60
"""A session in steady use is written down this many times in its span of inactivity, no more."""
_RENEWAL_SECONDS = 2.0
"""What a request gives of its time to a use's being written down, which can as well be done later:
one attempt, with what is usual for it to connect and to be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLimits:
    """Failed sign-ins within a window, after which more are refused until it ends."""

    by_alias: int
    by_address: int
    window_seconds: int


class SessionService:
    """The rules of sessions."""

    def __init__(
        self,
        *,
        accounts: AccountDao,
        sessions: SessionDao,
        attempts: AttemptDao,
        hasher: PasswordHasher,
        lifetime: timedelta,
        limits: SignInLimits,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._attempts = attempts
        self._hasher = hasher
        self._lifetime = lifetime
        self._limits = limits
        self._clock = clock

    def sign_in(self, *, alias: str, password: str, address: str) -> SignIn:
        """Start a session for whoever knows the password.

        Unauthenticated `invalid_credentials`, the same and as slow for an unknown alias as for a
        wrong password; TooManyRequests after too many failures for the alias or from the address.
        """
        account_id = account_id_of(alias if ALIAS.fullmatch(alias) else "")
        subjects = self._subjects(account_id, address)
        self._refuse_too_many(subjects)
        account = self._accounts.find(account_id) if account_id else None
        known_hash = account.password_hash if account else None
        if len(password) > MAX_PASSWORD:
            password, known_hash = password[:MAX_PASSWORD], None
        if not self._hasher.verify(password, known_hash) or account is None:
            for subject in subjects:
                self._attempts.add(subject, self._clock(), self._limits.window_seconds)
            raise _invalid_credentials()
        session, sign_in = self.prepare(account)
        try:
            self._sessions.put(session)
        except Outdated as error:  # the password was changed since it was verified
            raise _invalid_credentials() from error
        if self._hasher.is_outdated(account.password_hash):
            with suppress(Unavailable):  # the next sign-in does it as well
                self._accounts.rehash(account, self._hasher.hash(password))
        return sign_in

    def prepare(self, account: Account) -> tuple[Session, SignIn]:
        """Return a new session, which the caller must still store, and what its owner is told."""
        now = self._clock()
        secret = secrets.token_urlsafe(32)
        session = Session(
            account_id=account.id,
            token_hash=_hash(secret),
            credentials_version=account.credentials_version,
            used_at=now,
            expires_at=self._end(now),
        )
        return session, SignIn(f"{account.id}.{secret}", now + self._lifetime, account)

    def authenticate(self, token: str) -> Caller:
        """Return whose token it is, and count this as a use; Unauthenticated if it is no good.

        Costs one look-up, and one write when the last use that is written down lies more than a
        sixtieth of the session's lifetime back. So that nobody's session ends early by this, the
        stored end lies as much later. Where it can't be written, the next use is.
        """
        match = _TOKEN.fullmatch(token)
        found = match and self._sessions.find_with_account(
            AccountId(match.group(1)), _hash(match.group(2))
        )
        now = self._clock()
        if not found or not _is_alive(*found, now):
            raise Unauthenticated("authentication_failed", "The session is unknown or has ended.")
        session, account = found
        if now - session.used_at > self._lifetime / _RENEWALS:
            session = self._renew(session, now)
        return Caller(account=account, session=session)

    def expires_at(self) -> datetime:
        """Return when a session that is used now ends, if it is not used again."""
        return self._clock() + self._lifetime

    def sign_out(self, caller: Caller) -> None:
        """End the caller's session, at once and for good."""
        self._sessions.delete(caller.session)

    def _renew(self, session: Session, now: datetime) -> Session:
        """Return a session with a use at `now`, or as it was where that can't be written down."""
        renewed = replace(session, used_at=now, expires_at=self._end(now))
        try:
            with deadline.within(_RENEWAL_SECONDS):
                self._sessions.renew(renewed)
        except Unavailable as error:
            logger.warning("the use of a session was not written down: %s", error)
            return session
        return renewed

    def _end(self, used_at: datetime) -> datetime:
        return used_at + self._lifetime + self._lifetime / _RENEWALS + timedelta(seconds=1)

    def _subjects(self, account_id: AccountId, address: str) -> dict[str, int]:
        return {
            f"sign-in alias {account_id}": self._limits.by_alias,
            f"sign-in address {address}": self._limits.by_address,
        }

    def _refuse_too_many(self, subjects: dict[str, int]) -> None:
        now = self._clock()
        for subject, limit in subjects.items():
            attempts, ends = self._attempts.count(subject, now)
            if attempts >= limit:
                message = "Too many failed attempts to sign in; wait before the next one."
                wait = max(1, round((ends - now).total_seconds()))
                raise TooManyRequests("throttled", message, wait)


def _is_alive(session: Session, account: Account, now: datetime) -> bool:
    return now < session.expires_at and session.credentials_version == account.credentials_version


def _hash(secret: str) -> str:
    """Hash a token's secret; 256 random bits need neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid_credentials() -> Unauthenticated:
    return Unauthenticated("invalid_credentials", "The alias or the password is wrong.")
