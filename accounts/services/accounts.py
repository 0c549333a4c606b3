"""Signing up, looking up, and changing one's own account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from accounts.entities import (
    Account,
    AccountId,
    AccountRemoval,
    Caller,
    SignIn,
    account_id_of,
    new_account,
)
from accounts.interfaces import (
    AccountChange,
    AccountDao,
    ChoreQueue,
    PasswordHasher,
    PasswordPolicy,
)
from accounts.pictures import Picture
from accounts.rules import (
    ALIAS,
    MAX_ALIAS,
    MAX_NAME,
    check_alias,
    check_password_length,
    normalise_name,
    raise_problems,
)
from accounts.services.pictures import PictureService
from accounts.services.sessions import SessionService
from tweeter.clock import Clock
from tweeter.errors import Conflict, InvalidInput, NotFound, Unauthenticated, Unavailable
from tweeter.limits import Limit, Limiter
from tweeter.store import AlreadyExists, Damaged, Missing, Outdated

_TRIES = 10
"""How often a change is tried against others of the same account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """How often accounts may be made and be given pictures."""

    sign_ups: Limit
    """Of one client address."""
    new_pictures: Limit
    """Of one account, after its sign-up."""


class AccountService:
    """The rules of accounts."""

    def __init__(
        self,
        *,
        accounts: AccountDao,
        sessions: SessionService,
        pictures: PictureService,
        hasher: PasswordHasher,
        policy: PasswordPolicy,
        render_picture: Callable[[bytes], Picture],
        chores: ChoreQueue,
        limiter: Limiter,
        limits: AccountLimits,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._pictures = pictures
        self._hasher = hasher
        self._policy = policy
        self._render_picture = render_picture
        self._chores = chores
        self._limiter = limiter
        self._limits = limits
        self._clock = clock

    def get(self, alias: str) -> Account:
        """Return the account with this alias, in any case; NotFound when there is none, or what
        there is of it is damaged."""
        try:
            account = self._accounts.find(account_id_of(alias)) if ALIAS.fullmatch(alias) else None
        except Damaged:
            account = None
        if account is None:
            raise NotFound("not_found", "There is no account with this alias.")
        return account

    def sign_up(
        self,
        *,
        alias: str,
        name: str,
        password: str,
        picture: bytes | None = None,
        address: str | None = None,
    ) -> SignIn:
        """Create an account and sign it in.

        InvalidInput names everything that is wrong with alias, name and password. If nothing is,
        the attempt counts: TooManyRequests after too many from the client's `address`, which is
        None where an operator does it; Conflict `alias_taken` when the alias belongs to somebody,
        in whatever case; InvalidInput on `avatar`, since it takes work to look at a picture.
        Either the account is there whole or nothing is.
        """
        raise_problems(
            partial(check_alias, alias),
            partial(normalise_name, name),
            partial(self._check_password, password, alias, name),
        )
        if address is not None:
            self._limiter.take(self._limits.sign_ups, address)
        if self._is_taken(account_id_of(alias)):  # saves the work below; the write decides
            raise _alias_taken()
        account = self._new_account(alias, normalise_name(name), password, picture)
        sign_in = self._store(account)
        if address is not None:
            self._sessions.know_address(account, address)
        return sign_in

    def change(
        self,
        caller: Caller,
        *,
        name: str | None = None,
        picture: bytes | None = None,
        password: str | None = None,
        current_password: str | None = None,
    ) -> Account:
        """Return the caller's account with what is not None changed, all at once or nothing.

        A new password needs the current one, and ends all sessions but the caller's. The picture
        that a new one replaces is deleted. If nothing else is wrong, a picture counts before it is
        looked at: TooManyRequests after too many, and after too many wrong passwords.
        """
        before = caller.account
        checks: list[Callable[[], object]] = []
        if name is not None:
            checks.append(partial(normalise_name, name))
        if password is not None:
            checks.append(partial(self._sessions.confirm, caller, current_password))
            likeness = name if name is not None else before.name
            checks.append(partial(self._check_password, password, before.alias, likeness))
        raise_problems(*checks)
        if picture is not None:
            self._limiter.take(self._limits.new_pictures, before.id)
        rendered = self._render_picture(picture) if picture is not None else None
        change = AccountChange(
            name=None if name is None else normalise_name(name),
            picture_key=self._pictures.replace(before, rendered) if rendered else None,
            password_hash=None if password is None else self._hasher.hash(password),
        )
        if change == AccountChange():
            return before
        before, after = self._change(caller, change)
        if change.picture_key and before.picture_key:
            self._pictures.discard(after.id, before.picture_key)
        return after

    def close(self, caller: Caller, *, password: str) -> None:
        """Delete the caller's account: it is gone at once, with its sessions, and what belongs to
        it is removed in the background.

        InvalidInput on `password` when it is not the account's; TooManyRequests after too many
        wrong ones. Unavailable, after which the account may or may not be gone.
        """
        account = caller.account
        self._sessions.confirm(caller, password, "password")
        # Before the account itself, so that none is ever closed without it. A removal of an
        # account that is not closed is dropped.
        self._chores.put(AccountRemoval.of(account, self._clock()), 0)
        try:
            self._accounts.close(account, self._clock())
        except Outdated as error:
            raise _session_over() from error

    def _new_account(self, alias: str, name: str, password: str, picture: bytes | None) -> Account:
        """Return an account that is yet to be stored, with its picture kept."""
        rendered = self._render_picture(picture) if picture is not None else None
        return new_account(
            alias,
            name=name,
            password_hash=self._hasher.hash(password),
            story_tag=secrets.token_hex(8),
            created_at=self._clock(),
            picture_key=self._pictures.keep(account_id_of(alias), rendered) if rendered else None,
        )

    def _store(self, account: Account) -> SignIn:
        """Store a new account with its first session; Conflict `alias_taken`, without its picture,
        when another has come first."""
        session, sign_in = self._sessions.prepare(account)
        try:
            self._accounts.put_with_session(account, session)
        except AlreadyExists as error:
            if account.picture_key:
                self._pictures.discard(account.id, account.picture_key)
            raise _alias_taken() from error
        return sign_in

    def _change(self, caller: Caller, change: AccountChange) -> tuple[Account, Account]:
        """Return the account before and after a change, which is tried again where another one of
        the picture came first."""
        before = caller.account
        for _ in range(_TRIES):
            try:
                return before, self._accounts.change(before, change, caller.session)
            except Outdated as error:
                present = self._accounts.find(before.id)
                if present is None:
                    raise _session_over() from error
                is_other = present.credentials_version != before.credentials_version
                if change.password_hash and is_other:
                    message = "The password has been changed by someone else just now."
                    raise InvalidInput("invalid", message, "current_password") from error
                before = present
            except Missing as error:
                raise _session_over() from error
        message = "The account is changed from too many places at once; try again."
        raise Unavailable(message)

    def _is_taken(self, account_id: AccountId) -> bool:
        try:
            return self._accounts.find(account_id) is not None
        except Damaged:
            return True

    def _check_password(self, password: str, alias: str, name: str) -> None:
        check_password_length(password)
        # Cut, because comparing takes time by length, and longer ones are refused anyway.
        likeness = name.strip()[:MAX_NAME]
        self._policy.check(password, alias=alias[:MAX_ALIAS], name=likeness)


def _alias_taken() -> Conflict:
    return Conflict("alias_taken", "This alias is taken.")


def _session_over() -> Unauthenticated:
    return Unauthenticated("not_authenticated", "This session is over.")
