"""Keeping pictures, and leaving none behind."""

from __future__ import annotations

import logging
from contextlib import suppress

from accounts.entities import Account, AccountId, PictureCheck
from accounts.interfaces import AccountDao, ChoreQueue, PictureStore
from accounts.pictures import Picture
from tweeter.clock import REQUEST_IS_OVER
from tweeter.errors import Unavailable

logger = logging.getLogger(__name__)


class PictureService:
    """The rules of pictures: each one in the store is that of an account, or soon gone.

    No transaction spans the store of pictures and that of accounts, and a request may die between
    the two. So a check is called for first, for a time at which the request must be over: whatever
    has become of it, the picture is the account's by then, or nobody's.
    """

    def __init__(self, *, accounts: AccountDao, store: PictureStore, chores: ChoreQueue) -> None:
        self._accounts = accounts
        self._store = store
        self._chores = chores

    def keep(self, account_id: AccountId, picture: Picture) -> str:
        """Store the picture of an account that is about to be made; return its key. Unavailable."""
        return self._keep(account_id, picture, ())

    def replace(self, account: Account, picture: Picture) -> str | None:
        """Store a picture that an account is to get; return its key, None when it has that picture
        already. Unavailable."""
        present = account.picture_key
        if present and self._store.holds(present, account.id, picture.content):
            return None
        return self._keep(account.id, picture, (present,) if present else ())

    def discard(self, account_id: AccountId, key: str) -> None:
        """Delete a picture that was kept or replaced, now if that can be, and else at a check."""
        try:
            self._store.delete(key)
        except Unavailable:
            logger.warning("a picture is left for a check to delete")
            with suppress(Unavailable):  # the check of its upload, or of what replaced it, remains
                self._call_for_check(PictureCheck(account_id, (key,)))

    def check(self, check: PictureCheck) -> None:
        """Delete those of the pictures that are not the account's; idempotent. Unavailable."""
        account = self._accounts.find(check.account_id)
        own = account.picture_key if account else None
        for key in check.keys:
            if key != own:
                self._store.delete(key)

    def delete(self, key: str) -> None:
        """Delete a picture; nothing if it is gone. Unavailable."""
        self._store.delete(key)

    def _keep(self, account_id: AccountId, picture: Picture, replaced: tuple[str, ...]) -> str:
        key = self._store.new_key(account_id, picture.content, picture.content_type)
        self._call_for_check(PictureCheck(account_id, (key, *replaced)))
        self._store.put(key, picture.content, picture.content_type)
        return key

    def _call_for_check(self, check: PictureCheck) -> None:
        self._chores.put(check, REQUEST_IS_OVER.total_seconds())
