"""The rules of sessions, by a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from accounts.entities import Account, AccountId, Caller, Session, new_account
from accounts.interfaces import AccountDao, SessionDao
from accounts.services.guesses import GuessLimits, PasswordGuard
from accounts.services.sessions import SessionService
from tests.fake_attempts import MemoryAttempts
from tweeter.errors import Unauthenticated
from tweeter.limits import Limit, Limiter
from tweeter.store import Outdated

PASSWORD = "a horse, correct"
LIFETIME = timedelta(minutes=60)


class Memory:
    """Accounts, sessions and a hasher in memory."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.account: Account | None = new_account(
            "Ann",
            name="Ann",
            password_hash=f"hash of {PASSWORD}",
            story_tag="0" * 16,
            created_at=self.now,
        )
        self.sessions: dict[str, Session] = {}
        self.renewals = 0
        self.verified: list[str | None] = []
        self.changed_meanwhile = False

    def find(self, account_id: AccountId) -> Account | None:
        return self.account if self.account and self.account.id == account_id else None

    def rehash(self, account: Account, password_hash: str) -> None:
        pytest.fail("nothing is outdated")

    def find_with_account(
        self, account_id: AccountId, token_hash: str
    ) -> tuple[Session, Account] | None:
        session, account = self.sessions.get(token_hash), self.find(account_id)
        return (session, account) if session and account else None

    def put(self, session: Session) -> None:
        if self.changed_meanwhile:
            raise Outdated
        self.sessions[session.token_hash] = session

    def renew(self, session: Session) -> None:
        self.renewals += 1
        self.sessions[session.token_hash] = session

    def delete(self, session: Session) -> None:
        self.sessions.pop(session.token_hash, None)

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append(password_hash)
        return password_hash == self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        return False


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def sessions(memory: Memory) -> SessionService:
    def clock() -> datetime:
        return memory.now

    limiter = Limiter(attempts=MemoryAttempts(), secret="secret", clock=clock)
    limit = Limit("any", 100, 300)
    limits = GuessLimits(
        by_alias_and_address=limit, by_alias=limit, by_address=limit, by_session=limit
    )
    return SessionService(
        accounts=cast("AccountDao", memory),
        sessions=cast("SessionDao", memory),
        guard=PasswordGuard(limiter=limiter, limits=limits, clock=clock),
        hasher=memory,
        lifetime=LIFETIME,
        clock=clock,
    )


def sign_in(sessions: SessionService, alias: str = "Ann", password: str = PASSWORD) -> str:
    return sessions.sign_in(alias=alias, password=password, address="192.0.2.1").token


def test_only_a_hash_of_the_token_is_stored(memory: Memory, sessions: SessionService) -> None:
    token = sign_in(sessions)
    (stored,) = memory.sessions.values()
    assert token.partition(".")[2] not in repr(stored)
    assert len(token.partition(".")[2]) == 43, "256 bits in base64"


def test_a_token_says_whose_it_is(sessions: SessionService) -> None:
    caller = sessions.authenticate(sign_in(sessions))
    assert caller.account.alias == "Ann"


def test_each_use_gives_the_session_its_whole_lifetime_again(
    memory: Memory, sessions: SessionService
) -> None:
    token = sign_in(sessions)
    for _ in range(5):
        memory.now += LIFETIME
        sessions.authenticate(token)


def test_a_session_ends_soon_after_its_lifetime_without_use(
    memory: Memory, sessions: SessionService
) -> None:
    token = sign_in(sessions)
    memory.now += LIFETIME * 1.03
    with pytest.raises(Unauthenticated):
        sessions.authenticate(token)


def test_a_use_that_was_not_written_down_still_counts(
    memory: Memory, sessions: SessionService
) -> None:
    token = sign_in(sessions)
    memory.now += timedelta(seconds=59)
    sessions.authenticate(token)
    assert memory.renewals == 0
    memory.now += LIFETIME
    sessions.authenticate(token)


def test_a_session_in_steady_use_is_written_down_sixty_times_an_hour_at_most(
    memory: Memory, sessions: SessionService
) -> None:
    token = sign_in(sessions)
    for _ in range(3_600):
        memory.now += timedelta(seconds=1)
        sessions.authenticate(token)
    assert 50 <= memory.renewals <= 60


def test_signing_out_ends_a_session_at_once(sessions: SessionService) -> None:
    token = sign_in(sessions)
    sessions.sign_out(sessions.authenticate(token))
    with pytest.raises(Unauthenticated):
        sessions.authenticate(token)


def test_a_session_of_an_older_password_is_over(memory: Memory, sessions: SessionService) -> None:
    token = sign_in(sessions)
    caller: Caller = sessions.authenticate(token)
    (key,) = memory.sessions
    memory.sessions[key] = Session(
        account_id=caller.account.id,
        token_hash=key,
        credentials_version=0,
        used_at=memory.now,
        expires_at=memory.now + LIFETIME,
    )
    with pytest.raises(Unauthenticated):
        sessions.authenticate(token)


def test_a_sign_in_that_a_change_of_password_overtakes_fails(
    memory: Memory, sessions: SessionService
) -> None:
    memory.changed_meanwhile = True
    with pytest.raises(Unauthenticated):
        sign_in(sessions)


@pytest.mark.parametrize("alias", ["nobody", "", "not an alias", "ann "])
def test_an_unknown_alias_costs_a_verification_like_a_wrong_password(
    memory: Memory, sessions: SessionService, alias: str
) -> None:
    with pytest.raises(Unauthenticated) as unknown:
        sign_in(sessions, alias)
    with pytest.raises(Unauthenticated) as wrong:
        sign_in(sessions, "ann", "another horse")
    assert (unknown.value.code, unknown.value.message) == (wrong.value.code, wrong.value.message)
    assert len(memory.verified) == 2


def test_a_password_longer_than_any_is_wrong_and_no_dearer(
    memory: Memory, sessions: SessionService
) -> None:
    with pytest.raises(Unauthenticated):
        sign_in(sessions, password=PASSWORD + "x" * 100_000)
    assert memory.verified == [None]
