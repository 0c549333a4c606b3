"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.entities import Account, AccountId, Caller, Session, SignIn, account_id_of
from accounts.interfaces import AccountDao, PasswordHasher, SessionDao
from accounts.rules import ALIAS, MAX_PASSWORD
from accounts.services.guesses import PasswordGuard
from tweeter import deadline
from tweeter.clock import Clock
from tweeter.errors import InvalidInput, Unauthenticated, Unavailable
from tweeter.store import Damaged, Outdated

logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"([a-z0-9_]{1,30})\.([A-Za-z0-9_-]{43})", re.ASCII)
"""The account's id, so that session and account are found by one look-up, and 256 random bits."""

_RENEWALS = 60
"""A session in steady use is written down this many times in its span of inactivity, no more."""
_RENEWAL_SECONDS = 2.0
"""For how long a request tries to write down a use, which the next one can do as well: enough for
one attempt to connect and to be answered, as a rule."""


class SessionService:
    """The rules of sessions."""

    def __init__(
        self,
        *,
        accounts: AccountDao,
        sessions: SessionDao,
        guard: PasswordGuard,
        hasher: PasswordHasher,
        lifetime: timedelta,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._guard = guard
        self._hasher = hasher
        self._lifetime = lifetime
        self._clock = clock

    def sign_in(self, *, alias: str, password: str, address: str) -> SignIn:
        """Start a session for whoever knows the password.

        Unauthenticated `invalid_credentials`, the same and as slow for an unknown alias as for a
        wrong password; TooManyRequests after too many failures, without looking at the password.
        """
        account_id = account_id_of(alias if ALIAS.fullmatch(alias) else "")
        guess = self._guard.at_alias(account_id, address)
        account = self._find(account_id) if account_id else None
        is_right = self._verify(password, account.password_hash if account else None)
        if not is_right or account is None:
            raise _invalid_credentials()
        session, sign_in = self.prepare(account)
        try:
            self._sessions.put(session)
        except Outdated as error:  # the password was changed since it was verified
            raise _invalid_credentials() from error
        self._guard.was_right(guess)
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

    def confirm(self, caller: Caller, password: str | None, attr: str = "current_password") -> None:
        """Have the caller name the account's password again, for what a session is not enough for.

        InvalidInput on `attr` when it is missing or wrong; TooManyRequests after too many wrong
        ones in this session, without looking at the password.
        """
        if password is None:
            raise InvalidInput("required", "The current password is needed for this.", attr)
        guess = self._guard.in_session(caller.session)
        if not self._verify(password, caller.account.password_hash):
            raise InvalidInput("invalid", "This is not the current password.", attr)
        self._guard.was_right(guess)

    def know_address(self, account: Account, address: str) -> None:
        """Know where an account was made as an address of its owner, if the store can just now: the
        account is there by then, and the next sign-in makes it known as well."""
        with suppress(Unavailable):
            self._guard.know(account.id, address)

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
        if not found or not is_alive(*found, now):
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

    def _find(self, account_id: AccountId) -> Account | None:
        """Return an account, None where there is none or it is damaged: nobody signs in to that."""
        try:
            return self._accounts.find(account_id)
        except Damaged:
            return None

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

    def _verify(self, password: str, known_hash: str | None) -> bool:
        """Tell whether a password is right; a longer one than any is wrong, and no dearer."""
        if len(password) > MAX_PASSWORD:
            password, known_hash = password[:MAX_PASSWORD], None
        return self._hasher.verify(password, known_hash)


def is_alive(session: Session, account: Account, now: datetime) -> bool:
    """Tell whether a session of an account is neither past its end nor of an older password."""
    return now < session.expires_at and session.credentials_version == account.credentials_version


def _hash(secret: str) -> str:
    """Hash a token's secret; 256 random bits need neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid_credentials() -> Unauthenticated:
    return Unauthenticated("invalid_credentials", "The alias or the password is wrong.")
