"""Posting, deleting and reading statuses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.entities import Account, AccountId, Caller, ClosedAccount, account_id_of
from accounts.interfaces import AccountDao
from accounts.services import AccountService
from statuses.entities import AuthoredStatus, Link, Mention, Receipt, Status
from statuses.ids import STATUS_ID, created_at_of, next_status_id, story_tag_of
from statuses.interfaces import FanOutQueue, KeyUsed, StatusDao
from statuses.text import Span, find_links, find_mentions, normalise_text
from tweeter.clock import Clock
from tweeter.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, Unavailable
from tweeter.limits import Limit
from tweeter.pages import Page, PageRequest, read_page
from tweeter.store import Damaged, Missing, Outdated

KEY_LIFETIME = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_TRIES = 10
"""How often a status is tried against the same author's other posts, and new first followers."""


class StatusService:
    """The rules of statuses."""

    def __init__(
        self,
        *,
        directory: AccountService,
        accounts: AccountDao,
        statuses: StatusDao,
        fan_out: FanOutQueue,
        limit: Limit,
        clock: Clock,
    ) -> None:
        """`limit` is on the posts of one account."""
        self._directory = directory
        self._accounts = accounts
        self._statuses = statuses
        self._fan_out = fan_out
        self._limit = limit
        self._clock = clock

    def post(
        self, caller: Caller, raw_text: str, *, idempotency_key: str | None = None
    ) -> AuthoredStatus:
        """Post a status and see to its delivery to everyone who follows the caller at this moment.

        With an idempotency key the status is posted once, however often this is called within a
        day; Conflict `idempotency_key_reused` for the same key with another text. InvalidInput;
        TooManyRequests, which a key that was used before never is; Unavailable, after which the
        status may or may not have been posted.
        """
        self._limit.note(caller.account.posting, self._clock())
        text = normalise_text(raw_text)
        links = find_links(text)
        spans = find_mentions(text, links)
        key_hash = None if idempotency_key is None else _hash_key(idempotency_key)
        known: dict[AccountId, Account] = {}
        if spans or key_hash:
            looked_up = self._statuses.look_up(
                [account_id_of(span.value) for span in spans],
                (caller.account.id, key_hash) if key_hash else None,
            )
            known.update(looked_up.accounts)
            if looked_up.receipt and looked_up.receipt.expires_at > self._clock():
                return self._posted_before(caller, looked_up.receipt, text)
        draft = Status(
            id="",
            author_id=caller.account.id,
            text=text,
            mentions=_mentions(spans, known),
            links=tuple(Link(span.value, span.start, span.end) for span in links),
            followers=0,
            created_at=self._clock(),
        )
        return self._store(caller, draft, key_hash)

    def get(self, status_id: str) -> AuthoredStatus:
        """Return a status; NotFound, as for one that is damaged, or whose author is."""
        status = self._find(status_id)
        try:
            author = self._accounts.find(status.author_id)
        except Damaged as error:
            raise _not_found() from error
        if author is None:
            raise _not_found()
        return AuthoredStatus(status, author)

    def get_own(self, caller: Caller, status_id: str) -> Status:
        """Return one of the caller's statuses; NotFound, Forbidden when it is somebody else's."""
        self._check_own(caller, status_id)
        return self._find(status_id)

    def delete(self, caller: Caller, status_id: str) -> None:
        """Take a status out of its story and of every feed, at once; NotFound, Forbidden.

        One's own is not read before, so that it can be deleted also when it is damaged.
        """
        self._check_own(caller, status_id)
        try:
            self._statuses.delete(status_id, caller.account.id)
        except Missing as error:
            raise _not_found() from error

    def remove_some(self, closed: ClosedAccount) -> float | None:
        """Remove some statuses of a closed account: these are `Belongings`."""
        return 0.0 if self._statuses.delete_some(closed.story_tag) else None

    def count(self, story_tag: str) -> int:
        """Return how many statuses a story truly has, damaged ones included; reads all of them."""
        return self._statuses.count(story_tag)

    def page_of_story(self, alias: str, request: PageRequest) -> Page[AuthoredStatus]:
        """Return a page of an account's statuses, newest first; NotFound."""
        author = self._directory.get(alias)

        def read(behind: PageRequest) -> Sequence[Status]:
            return self._statuses.page_of_story(author.story_tag, behind)

        def resolve(found: Sequence[Status]) -> Sequence[AuthoredStatus]:
            return [AuthoredStatus(status, author) for status in found]

        return read_page(request, read, resolve)

    def _store(self, caller: Caller, draft: Status, key_hash: str | None) -> AuthoredStatus:
        """Store a status, tried again while its author posts elsewhere, too; return it, or what
        another request with the same key has stored first."""
        author: Account | None = caller.account
        for _ in range(_TRIES):
            if author is None:
                raise Unauthenticated("not_authenticated", "This account is gone.")
            try:
                return AuthoredStatus(self._store_next(draft, author, key_hash), author)
            except KeyUsed as error:
                return self._lost_the_race(caller, draft.text, key_hash, error)
            except Outdated:
                author = self._accounts.find(author.id)
        message = "The account posts from too many places at once; try again."
        raise Unavailable(message)

    def _store_next(self, draft: Status, author: Account, key_hash: str | None) -> Status:
        """Store a status as its author's next one, and return it; KeyUsed, Outdated,
        TooManyRequests."""
        now = self._clock()
        status_id = next_status_id(author.story_tag, author.last_status_id, now)
        created_at = created_at_of(status_id)
        status = replace(
            draft, id=status_id, followers=author.followers_count, created_at=created_at
        )
        posting = self._limit.one_more(author.posting, now)
        if status.followers:
            # Before the status itself: so none is ever stored without its message. A message
            # whose status never comes is dropped by the fan-out.
            self._fan_out.put(status_id, author.id)
        self._statuses.put(
            status,
            story_tag=author.story_tag,
            after=author.last_status_id,
            receipt=_receipt(status, key_hash, created_at + KEY_LIFETIME),
            posting=posting,
            now=now,
        )
        return status

    def _posted_before(self, caller: Caller, receipt: Receipt, text: str) -> AuthoredStatus:
        if receipt.text_hash != _hash(text):
            message = "This idempotency key was used for another text."
            raise Conflict("idempotency_key_reused", message)
        try:
            status = self._find(receipt.status_id)
        except NotFound as error:
            message = "The status posted with this idempotency key is not there any more."
            raise Conflict("idempotency_key_reused", message) from error
        return AuthoredStatus(status, caller.account)

    def _lost_the_race(
        self, caller: Caller, text: str, key_hash: str | None, error: KeyUsed
    ) -> AuthoredStatus:
        """Answer for another request with the same key that was stored first."""
        found = self._statuses.look_up([], (caller.account.id, key_hash or "")).receipt
        if found is None:  # it is there, as the store has just said, and damaged
            message = "What was posted with this idempotency key is not known any more."
            raise Conflict("idempotency_key_reused", message) from error
        return self._posted_before(caller, found, text)

    def _check_own(self, caller: Caller, status_id: str) -> None:
        """Raise Forbidden for a status of somebody else, or NotFound where nobody can read it."""
        if not _is_own(caller, status_id):
            self.get(status_id)
            raise Forbidden("permission_denied", "Only its author may do this with a status.")

    def _find(self, status_id: str) -> Status:
        try:
            status = self._statuses.find(status_id) if STATUS_ID.fullmatch(status_id) else None
        except Damaged as error:
            raise _not_found() from error
        if status is None:
            raise _not_found()
        return status


def _is_own(caller: Caller, status_id: str) -> bool:
    """Tell whether a status is the caller's: whose story it stands in is the end of its id."""
    own_tag = caller.account.story_tag
    return bool(STATUS_ID.fullmatch(status_id)) and story_tag_of(status_id) == own_tag


def _mentions(spans: Sequence[Span], accounts: dict[AccountId, Account]) -> tuple[Mention, ...]:
    """Return the mentions of accounts that exist, with aliases as their owners chose them."""
    found = ((span, accounts.get(account_id_of(span.value))) for span in spans)
    return tuple(Mention(account.alias, span.start, span.end) for span, account in found if account)


def _receipt(status: Status, key_hash: str | None, expires_at: datetime) -> Receipt | None:
    if key_hash is None:
        return None
    return Receipt(
        account_id=status.author_id,
        key_hash=key_hash,
        text_hash=_hash(status.text),
        status_id=status.id,
        expires_at=expires_at,
    )


def _hash_key(idempotency_key: str) -> str:
    if not _KEY.fullmatch(idempotency_key):
        message = "An idempotency key has 1 to 255 visible ASCII characters."
        raise InvalidInput("invalid", message, "Idempotency-Key")
    return _hash(idempotency_key)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _not_found() -> NotFound:
    return NotFound("not_found", "There is no such status.")
