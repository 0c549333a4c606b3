"""How many passwords may be tried: too few to guess one, and others' tries keep nobody out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from accounts.entities import AccountId, Session
from tweeter.clock import Clock
from tweeter.errors import Unavailable
from tweeter.limits import Limit, Limiter, Taken

_KNOWN = "known-address"
_KNOWN_FOR = timedelta(days=30)
"""After a sign-in there, or half as long: it is written down anew only when less than half is
left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimits:
    """Failed attempts within a window, after which more are refused until it ends."""

    by_alias_and_address: Limit
    by_alias: Limit
    by_address: Limit
    by_session: Limit


@dataclass(frozen=True, slots=True)
class Guess:
    """A password that may be looked at now, having been counted as if it were wrong."""

    own: Taken
    """By the one limit that counts nobody else's attempts."""
    shared: tuple[Taken, ...] = ()
    """By those that count other people's too."""
    unknown: tuple[AccountId, str] | None = None
    """Alias and address, where the address is not known for the alias, or not for long any more."""


class PasswordGuard:
    """Counts guesses before they are looked at, so that no number at the same time gets through,
    and forgets that where they were right.

    An address from which somebody has signed in to an alias lately is known there, and only its
    own attempts at that alias count. So however many attempts at an alias fail at other addresses,
    its owner is not kept out at an address that is known. Source of the idea: OWASP, "Slow Down
    Online Guessing Attacks with Device Cookies".
    """

    def __init__(self, *, limiter: Limiter, limits: GuessLimits, clock: Clock) -> None:
        self._limiter = limiter
        self._limits = limits
        self._clock = clock

    def at_alias(self, alias: AccountId, address: str) -> Guess:
        """Count an attempt to sign in, whether or not there is such an account; TooManyRequests.

        Refused attempts count for no wider limit than the one that refuses them.
        """
        own = self._limiter.take(self._limits.by_alias_and_address, alias, address)
        known_until = self._limiter.remembered_until(_KNOWN, alias, address)
        if known_until:
            lapses_soon = known_until - self._clock() < _KNOWN_FOR / 2
            return Guess(own, unknown=(alias, address) if lapses_soon else None)
        from_address = self._limiter.take(self._limits.by_address, address)
        at_alias = self._limiter.take(self._limits.by_alias, alias)
        return Guess(own, (from_address, at_alias), (alias, address))

    def in_session(self, session: Session) -> Guess:
        """Count an attempt to name the password again within a session; TooManyRequests.

        By session and not by account, since it is the owner who must be able to change the
        password while somebody else tries it in a session that was stolen.
        """
        subject = (session.account_id, session.token_hash)
        return Guess(self._limiter.take(self._limits.by_session, *subject))

    def was_right(self, guess: Guess) -> None:
        """Take back that a guess was counted, and know its address from now on.

        Not at any price: a store that is away just now leaves one too many counted.
        """
        with suppress(Unavailable):
            self._limiter.clear(guess.own)
            for taken in guess.shared:
                self._limiter.give_back(taken)
            if guess.unknown:
                self.know(*guess.unknown)

    def know(self, alias: AccountId, address: str) -> None:
        """Know an address as one of the alias's owner; Unavailable."""
        self._limiter.remember(_KNOWN, alias, address, until=self._clock() + _KNOWN_FOR)
