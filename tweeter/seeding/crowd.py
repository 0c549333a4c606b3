"""A crowd of accounts that all follow one celebrity, in bulk and resumable."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from accounts.entities import Account, AccountId, Follow, account_id_of, new_account
from accounts.interfaces import AccountDao, FollowDao
from accounts.recount import Recount
from accounts.rules import check_alias
from tweeter.clock import Clock
from tweeter.errors import Conflict, InvalidInput, NotFound, Unavailable
from tweeter.seeding.interfaces import CrowdDao
from tweeter.store import AlreadyExists, Outdated

_SLICE = 100
"""Accounts that one thread deals with at a time; as many as one batch get looks up."""
_FOLLOW_TRIES = 10


class Progress(Protocol):
    """Is told, from any thread, how the work goes."""

    def add(self, what: str, count: int) -> None:
        """Count so many more of `accounts` or `follows` as done."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is in a crowd: `prefix` and a number of at least five digits, from 00001 on.

    No two numbers make the same alias, and a crowd holds every smaller one with the same prefix.
    """

    prefix: str
    size: int

    def alias(self, number: int) -> str:
        """Return the alias of the account with this number, 1 to `size`."""
        return f"{self.prefix}{number:05d}"

    def __contains__(self, account_id: AccountId) -> bool:
        digits = account_id.removeprefix(self.prefix.lower())
        is_number = digits.isdecimal() and 1 <= int(digits) <= self.size
        return is_number and account_id == account_id_of(self.alias(int(digits)))

    def slices(self) -> Iterator[Sequence[str]]:
        """Yield all aliases in their order, some at a time."""
        numbers = iter(range(1, self.size + 1))
        while some := list(islice(numbers, _SLICE)):
            yield [self.alias(number) for number in some]


class CrowdSeeder:
    """Makes a crowd exist and follow its celebrity.

    May be stopped anywhere and run again, any number of times: a slice of the crowd is dealt with
    in an order that leaves nothing half done that a later run could not tell.

    1. The follows of those who do not exist yet, without counting them. Rosters pass over members
       that have no account, so nobody sees these.
    2. Their accounts, each with the one follow counted. So an account that exists has its follow,
       and is never written again: neither a count, nor what its owner has changed since, is lost.
    3. Who existed before, but does not follow (the same crowd has served another celebrity),
       follows like anyone else: one transaction with both counts.

    Accounts that their owners have deleted, and damaged ones, are passed over: they stay as they
    are, and follow nobody anew.

    The celebrity's count is made true at the end by a recount, which loses no follow of anyone
    else's that happens meanwhile. Until then it is too low, and after an interruption it stays so
    until the next run or `manage.py recount --fix`.
    """

    def __init__(
        self,
        *,
        accounts: AccountDao,
        follows: FollowDao,
        bulk: CrowdDao,
        recount: Recount,
        password_hash: str,
        secret: str,
        clock: Clock,
    ) -> None:
        """All accounts share `password_hash`; `secret` marks them as made by this class."""
        self._accounts = accounts
        self._follows = follows
        self._bulk = bulk
        self._recount = recount
        self._password_hash = password_hash
        self._secret = secret.encode()
        self._clock = clock

    def seed(self, crowd: Crowd, celebrity: AccountId, progress: Progress, threads: int) -> int:
        """Have every account of the crowd exist and follow the celebrity, whose account exists.

        Return how many accounts were passed over, since they are deleted or damaged. InvalidInput
        when the crowd can't be named so or holds the celebrity; Conflict `alias_taken` when one of
        its aliases belongs to somebody else; Unavailable when the store gives up. Memory does not
        grow with the crowd.
        """
        check_alias(crowd.alias(crowd.size))
        if celebrity in crowd:
            message = f"{celebrity} would have to follow itself; choose another prefix."
            raise InvalidInput("cannot_follow_self", message)
        passed_over = 0
        with ThreadPoolExecutor(threads) as pool:
            under_way: set[Future[int]] = set()
            try:
                for aliases in crowd.slices():
                    under_way.add(pool.submit(self._seed, aliases, celebrity, progress))
                    if len(under_way) == 2 * threads:
                        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                        passed_over += _sum_of(done)
                passed_over += _sum_of(under_way)
            except BaseException:  # Ctrl-C above all: slices that have begun are finished
                for future in under_way:
                    future.cancel()
                raise
        self._recount.mend(celebrity)
        return passed_over

    def whom_to_try(self, crowd: Crowd) -> str | None:
        """Return the alias of the first account of a crowd that is in use, if there is any;
        Unavailable."""
        for aliases in crowd.slices():
            in_use = self._accounts.find_many(map(account_id_of, aliases))
            for alias in aliases:
                if account_id_of(alias) in in_use:
                    return alias
        return None

    def _seed(self, aliases: Sequence[str], celebrity: AccountId, progress: Progress) -> int:
        """Deal with one slice, in the order that the class describes; return how many accounts
        were passed over."""
        names = {account_id_of(alias): alias for alias in aliases}
        existing = self._accounts.find_many(names)
        self._refuse_strangers(existing.values())
        followers = self._bulk.followers_among(celebrity, existing)
        not_in_use = names.keys() - existing.keys()
        passed_over = self._accounts.taken(not_in_use)
        missing = [names[account_id] for account_id in sorted(not_in_use - passed_over)]
        if missing:
            self._bulk.put_follows(self._new_follows(missing, celebrity), self._clock())
        progress.add("follows", len(missing) + len(followers) + len(passed_over))
        self._bulk.put_accounts([self._new_account(alias) for alias in missing])
        progress.add("accounts", len(aliases))
        for account_id in existing:
            if account_id not in followers:
                self._follow(account_id, celebrity)
                progress.add("follows", 1)
        return len(passed_over)

    def _new_follows(self, aliases: Sequence[str], celebrity: AccountId) -> list[Follow]:
        since = self._last_status_id(celebrity)
        return [Follow(account_id_of(alias), celebrity, since) for alias in aliases]

    def _new_account(self, alias: str) -> Account:
        return new_account(
            alias,
            name=f"Follower {alias}",
            password_hash=self._password_hash,
            story_tag=self._mark(account_id_of(alias)),
            created_at=self._clock(),
            following_count=1,
        )

    def _follow(self, follower: AccountId, celebrity: AccountId) -> None:
        for _ in range(_FOLLOW_TRIES):
            follow = Follow(follower, celebrity, self._last_status_id(celebrity))
            try:
                self._follows.add(follow, self._clock())
            except AlreadyExists:
                return
            except Outdated:  # the celebrity has posted just now
                continue
            return
        message = f"{celebrity} posts too fast to be followed now; try again."
        raise Unavailable(message)

    def _last_status_id(self, celebrity: AccountId) -> str:
        account = self._accounts.find(celebrity)
        if account is None:
            raise NotFound("not_found", f"There is no account {celebrity}.")
        return account.last_status_id

    def _refuse_strangers(self, accounts: Iterable[Account]) -> None:
        for account in accounts:
            if account.story_tag != self._mark(account.id):
                message = f"{account.alias} belongs to somebody else; choose another prefix."
                raise Conflict("alias_taken", message)

    def _mark(self, account_id: AccountId) -> str:
        """Return the story tag of a seeded account: random to whoever does not know the secret,
        and always the same, by which its accounts are told from those of people."""
        mark = hmac.new(self._secret, b"seeded\0" + account_id.encode(), hashlib.sha256)
        return mark.hexdigest()[:16]


def _sum_of(futures: Iterable[Future[int]]) -> int:
    """Wait for all of them, and return their sum; raise what the first one raised that failed."""
    return sum(future.result() for future in futures)
