"""How many passwords can be tried, and whom that must never keep out; by a clock moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from accounts.entities import Account, AccountId, Caller, Session, new_account
from accounts.interfaces import AccountDao, SessionDao
from accounts.services.guesses import GuessLimits, PasswordGuard
from accounts.services.sessions import SessionService
from tests.fake_attempts import MemoryAttempts
from tweeter.errors import InvalidInput, TooManyRequests, Unauthenticated, Unavailable
from tweeter.limits import Limit, Limiter, noted, tightest

HOME, AWAY = "192.0.2.1", "198.51.100.7"
PASSWORD = "a horse, correct"
WINDOW = timedelta(seconds=300)
BY_PAIR, BY_ADDRESS, BY_ALIAS = 3, 5, 7


class System:
    """Ann's account, and everything about signing in to it, in memory."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.attempts = MemoryAttempts()
        self.hashed = 0
        self.while_hashing: Callable[[], object] = lambda: None
        self.ann = new_account(
            "Ann", name="Ann", password_hash=PASSWORD, story_tag="0" * 16, created_at=self.now
        )
        limits = GuessLimits(
            by_alias_and_address=Limit("pair", BY_PAIR, 300),
            by_alias=Limit("alias", BY_ALIAS, 300),
            by_address=Limit("address", BY_ADDRESS, 300),
            by_session=Limit("session", 3, 300),
        )
        limiter = Limiter(attempts=self.attempts, secret="s", clock=lambda: self.now)
        self.service = SessionService(
            accounts=cast("AccountDao", self),
            sessions=cast("SessionDao", self),
            guard=PasswordGuard(limiter=limiter, limits=limits, clock=lambda: self.now),
            hasher=self,
            lifetime=timedelta(minutes=60),
            clock=lambda: self.now,
        )

    def find(self, account_id: AccountId) -> Account | None:
        return self.ann if account_id == self.ann.id else None

    def put(self, session: Session) -> None:
        pass

    def hash(self, password: str) -> str:
        return password

    def verify(self, password: str, password_hash: str | None) -> bool:
        self.hashed += 1
        self.while_hashing()
        return password == password_hash

    def is_outdated(self, password_hash: str) -> bool:
        return False

    def sign_in(self, address: str = HOME, password: str = PASSWORD, alias: str = "Ann") -> int:
        """Try to sign in, and return with which status that would be answered."""
        try:
            self.service.sign_in(alias=alias, password=password, address=address)
        except Unauthenticated:
            return 401
        except TooManyRequests:
            return 429
        return 201

    def guess(self, times: int, address: str = AWAY, alias: str = "Ann") -> list[int]:
        return [self.sign_in(address, "wrong", alias) for _ in range(times)]

    def caller(self, token_hash: str) -> Caller:
        session = Session(
            account_id=self.ann.id,
            token_hash=token_hash,
            credentials_version=1,
            used_at=self.now,
            expires_at=self.now,
        )
        return Caller(account=self.ann, session=session)


@pytest.fixture
def system() -> System:
    return System()


def test_so_many_failures_at_an_alias_from_an_address_are_allowed(system: System) -> None:
    assert system.guess(5) == [401, 401, 401, 429, 429]
    assert system.sign_in(AWAY) == 429, "even with the right password"
    system.now += WINDOW
    assert system.sign_in(AWAY) == 201


def test_refused_attempts_are_not_hashed(system: System) -> None:
    system.guess(20)
    assert system.hashed == BY_PAIR


@pytest.mark.parametrize("alias", ["Ann", "nobody", "not an alias", ""])
def test_limits_tell_nothing_about_whether_there_is_such_an_account(
    system: System, alias: str
) -> None:
    assert system.guess(4, alias=alias) == [401, 401, 401, 429]
    assert (system.hashed, system.attempts.writes) == (3, 10)


def test_failures_from_an_address_are_limited_over_all_aliases(system: System) -> None:
    answers = [system.sign_in(AWAY, "wrong", f"nobody{number}") for number in range(BY_ADDRESS + 2)]
    assert answers == [401] * BY_ADDRESS + [429] * 2
    assert system.sign_in(AWAY) == 429
    assert system.sign_in(HOME) == 201


def test_failures_at_an_alias_are_limited_over_all_addresses(system: System) -> None:
    answers = [system.sign_in(f"198.51.100.{n}", "wrong") for n in range(BY_ALIAS + 2)]
    assert answers == [401] * BY_ALIAS + [429] * 2
    assert system.hashed == BY_ALIAS


def test_whoever_fails_without_end_does_not_keep_the_owner_out(system: System) -> None:
    assert system.sign_in(HOME) == 201
    for _ in range(1_000):
        system.now += timedelta(seconds=30)
        answers = [system.sign_in(f"198.51.100.{number}", "wrong") for number in range(9)]
        assert 201 not in answers
        if system.now.minute % 20 == 0:  # goes on for hours, while the owner comes and goes
            assert system.sign_in(HOME) == 201


def test_no_single_address_keeps_an_alias_from_all_others(system: System) -> None:
    system.guess(100, AWAY)
    assert system.sign_in("203.0.113.1") == 201


@pytest.mark.parametrize(
    ("days_between_sign_ins", "known_days"),
    [([], 30), ([14.9], 15.1), ([15.1], 30), ([14] * 10, 30)],
)
def test_an_address_is_known_for_15_to_30_days_after_the_last_sign_in(
    days_between_sign_ins: list[float], known_days: float
) -> None:
    def is_known(days_after: float) -> bool:
        system = System()
        assert system.sign_in(HOME) == 201
        for days in days_between_sign_ins:
            system.now += timedelta(days=days)
            assert system.sign_in(HOME) == 201
        system.now += timedelta(days=days_after)
        for number in range(BY_ALIAS):
            system.sign_in(f"198.51.100.{number}", "wrong")
        return system.sign_in(HOME) == 201

    assert is_known(known_days - 0.01)
    assert not is_known(known_days + 0.01)


def test_an_address_is_known_for_the_alias_that_was_signed_in_to_and_no_other(
    system: System,
) -> None:
    assert system.sign_in(HOME) == 201
    system.guess(BY_ADDRESS, HOME, "nobody")
    for number in range(BY_ADDRESS):
        system.sign_in(HOME, "wrong", f"nobody{number}")
    assert system.sign_in(HOME, "wrong", "somebody") == 429
    assert system.sign_in(HOME) == 201


def test_where_an_account_was_made_is_known(system: System) -> None:
    system.service.know_address(system.ann, HOME)
    for number in range(BY_ALIAS):
        system.sign_in(f"198.51.100.{number}", "wrong")
    assert system.sign_in(HOME) == 201


def test_an_address_that_is_known_has_a_limit_of_its_own(system: System) -> None:
    system.sign_in(HOME)
    assert system.guess(5, HOME) == [401, 401, 401, 429, 429]


def test_right_passwords_count_for_nothing(system: System) -> None:
    for address in (HOME, AWAY, "203.0.113.1"):
        assert [system.sign_in(address) for _ in range(20)] == [201] * 20
    assert not any(system.attempts.counts.values())


def test_a_right_password_ends_the_count_of_mistyped_ones_from_there(system: System) -> None:
    for _ in range(4):
        system.guess(BY_PAIR - 1, HOME)
        assert system.sign_in(HOME) == 201


def test_signing_in_to_an_account_of_ones_own_gives_no_guesses_at_others(system: System) -> None:
    answers = []
    for number in range(20):
        assert system.sign_in(HOME) == 201
        answers.append(system.sign_in(HOME, "wrong", f"nobody{number}"))
    assert answers.count(401) == BY_ADDRESS


def test_of_many_guesses_at_the_same_time_only_so_many_are_looked_at(system: System) -> None:
    """Each begins while the one before it is still being looked at."""
    left = [100]

    def guess_again() -> None:
        if left[0]:
            left[0] -= 1
            system.sign_in(AWAY, "wrong")

    system.while_hashing = guess_again
    system.sign_in(AWAY, "wrong")
    assert system.hashed == BY_PAIR


def test_a_sign_in_costs_few_writes(system: System) -> None:
    system.sign_in(HOME)
    first = system.attempts.writes
    system.sign_in(HOME)
    assert (first, system.attempts.writes - first) == (7, 2)


def test_a_store_that_is_away_after_a_sign_in_does_not_undo_it(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(key: str) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(system.attempts, "clear", away)
    assert system.sign_in(HOME) == 201


def test_what_is_told_is_the_tightest_limit_after_the_attempt(system: System) -> None:
    with noted() as standings:
        system.sign_in(AWAY, "wrong")
    told = tightest(standings)
    assert told is not None
    assert (told.limit, told.remaining, told.reset_seconds) == (BY_PAIR, 2, 300)
    for number in range(3):
        system.sign_in(AWAY, "wrong", f"nobody{number}")
    with noted() as standings:
        system.sign_in(AWAY)
    told = tightest(standings)
    assert told is not None
    assert (told.limit, told.remaining) == (BY_ADDRESS, 1)


def test_a_stolen_session_does_not_serve_to_guess_the_password(system: System) -> None:
    stolen, own = system.caller("1"), system.caller("2")
    for _ in range(3):
        with pytest.raises(InvalidInput):
            system.service.confirm(stolen, "wrong")
    with pytest.raises(TooManyRequests):
        system.service.confirm(stolen, PASSWORD)
    assert system.hashed == 3
    system.service.confirm(own, PASSWORD)
    assert system.sign_in(HOME) == 201


def test_a_password_is_confirmed_any_number_of_times(system: System) -> None:
    for _ in range(20):
        system.service.confirm(system.caller("1"), PASSWORD)


def test_a_password_that_is_left_out_is_no_guess(system: System) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput) as missing:
            system.service.confirm(system.caller("1"), None, "password")
        assert (missing.value.code, missing.value.attr) == ("required", "password")
    system.service.confirm(system.caller("1"), PASSWORD)
