"""The demo: a dozen people who follow each other and talk, played once through the services."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from accounts.entities import Caller, account_id_of
from accounts.interfaces import AccountDao
from accounts.services import AccountService, FollowService, SessionService
from statuses.services import StatusService
from tweeter.errors import Conflict, Unauthenticated
from tweeter.pages import PageRequest
from tweeter.seeding.cast import CHARACTERS, LATECOMER, STATUSES, TRY, Character

_ADDRESS = "seed"
"""Stands for the client address where a sign-in wants one."""


class Demo:
    """Signs people up and lets them follow and post, as if over the API.

    An interrupted play is completed by the next one. What is there already is left alone, so
    nobody is twice in a list, and nothing is said twice.
    """

    def __init__(
        self,
        *,
        accounts: AccountService,
        sessions: SessionService,
        follows: FollowService,
        statuses: StatusService,
        store: AccountDao,
        draw_picture: Callable[[str, str], bytes],
        password: str,
    ) -> None:
        """`draw_picture` gets a name and an alias; all accounts have the same `password`."""
        self._accounts = accounts
        self._sessions = sessions
        self._follows = follows
        self._statuses = statuses
        self._store = store
        self._draw_picture = draw_picture
        self._password = password

    def is_complete(self) -> bool:
        """Tell whether the demo has been played to its end, whatever people have done since.

        The latecomer's account is the mark of that, also when it has been deleted, for as long as
        its alias is held: 30 days. After that the demo counts as interrupted, and is completed.
        """
        return bool(self._store.taken([account_id_of(LATECOMER.alias)]))

    def whom_to_try(self) -> str | None:
        """Return whose account to sign in to: TRY's, or else another one that is still in use, if
        there is any."""
        aliases = [TRY, *(character.alias for character in CHARACTERS)]
        in_use = self._store.find_many(map(account_id_of, aliases))
        return next((alias for alias in aliases if account_id_of(alias) in in_use), None)

    def play(self) -> None:
        """Make all that is missing of the demo.

        Conflict `alias_taken` when somebody else has one of its aliases; Unavailable.
        """
        callers = {character.alias: self._enter(character) for character in CHARACTERS}
        for character in CHARACTERS:  # before anybody posts, so that the feeds fill
            for followee in character.follows:
                self._follow(callers[character.alias], followee)
        said = {alias: self._said_by(alias) for alias in callers}
        for number, (alias, text) in enumerate(STATUSES):
            if text not in said[alias]:
                # The key is for two plays at the same time; stories remember longer than keys do.
                self._statuses.post(callers[alias], text, idempotency_key=f"demo-{number}")
        self._enter(LATECOMER)  # last of all: from now on the demo is complete

    def _enter(self, character: Character) -> Caller:
        """Sign somebody up, or in if an earlier play has signed them up."""
        try:
            sign_in = self._accounts.sign_up(
                alias=character.alias,
                name=character.name,
                password=self._password,
                picture=self._draw_picture(character.name, character.alias),
            )
        except Conflict:
            try:
                sign_in = self._sessions.sign_in(
                    alias=character.alias, password=self._password, address=_ADDRESS
                )
            except Unauthenticated as error:
                message = f"The demo needs the alias {character.alias}, which is somebody else's."
                raise Conflict("alias_taken", message) from error
        return self._sessions.authenticate(sign_in.token)

    def _follow(self, caller: Caller, followee: str) -> None:
        with suppress(Conflict):  # an earlier play has seen to it
            self._follows.follow(caller, followee)

    def _said_by(self, alias: str) -> set[str]:
        page = self._statuses.page_of_story(alias, PageRequest(len(STATUSES)))
        return {each.status.text for each in page.items}
