"""One pool of followers for all authors: whoever has n of them is followed by the first n."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, TypeVar

from accounts.dao import DynamoAccountDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.dao.counts import DynamoCountsDao
from accounts.entities import NO_STATUS, Account, AccountId, Follow, new_account
from bench.fanout.service import Author
from tweeter.clock import system_clock

T = TypeVar("T")

_THREADS = 3
_SLICE = 500
"""Accounts or follows that a thread stores at a time."""


class Entrance(Protocol):
    """Where somebody signs up."""

    def sign_up(self, alias: str) -> str:
        """Let somebody sign up; return the token."""


def authors_with(service: Entrance, followers: Collection[int]) -> list[Author]:
    """Sign authors up, one for each count, and let the pool follow them, counts included.

    The pool is stored here, too, so this is done once on a set of tables.
    """
    authors = [
        Author(f"author{number}", service.sign_up(f"author{number}"), count)
        for number, count in enumerate(followers)
    ]
    members = pool(max(followers))
    bulk = DynamoCrowdDao()
    accounts = [_account(member, followers) for member in members]
    follows = [
        Follow(member, AccountId(author.alias), NO_STATUS)
        for author in authors
        for member in members[: author.followers]
    ]
    now = system_clock()
    with ThreadPoolExecutor(_THREADS) as threads:
        tasks = [threads.submit(bulk.put_accounts, part) for part in _parts(accounts)]
        tasks += [threads.submit(bulk.put_follows, part, now) for part in _parts(follows)]
        for task in tasks:
            task.result()
    for author in authors:
        _count(author)
    return authors


def pool(size: int) -> list[AccountId]:
    """Return the ids of the first `size` of the pool."""
    return [AccountId(f"f{number:05d}") for number in range(size)]


def _account(member: AccountId, followees: Collection[int]) -> Account:
    number = int(member[1:])
    return new_account(
        member,
        name=f"Follower {number}",
        password_hash="",  # nobody signs in as one of these
        story_tag=f"{number:016x}",
        created_at=system_clock(),
        following_count=sum(1 for count in followees if count > number),
    )


def _count(author: Author) -> None:
    """Store an author's number of followers."""
    account = DynamoAccountDao().find(AccountId(author.alias))
    if account is None:
        message = f"{author.alias} signed up but is not there"
        raise RuntimeError(message)
    DynamoCountsDao().correct(account, replace(account, followers_count=author.followers))


def _parts(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + _SLICE] for start in range(0, len(items), _SLICE)]
