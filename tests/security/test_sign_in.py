"""What signing in gives away, and what it may cost."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
import time_machine

from accounts.dao import DynamoAccountDao
from accounts.passwords import DjangoPasswordHasher
from bench.recorder import Call, Recorder
from tests.security.hashers import CountingHasher, older_hash
from tests.world import PASSWORD, World
from tweeter import aws, wiring
from tweeter.config import get_config
from tweeter.errors import Conflict, InvalidInput, TooManyRequests, TweeterError

Service = TypeVar("Service")


def with_hasher(service: Service, hasher: DjangoPasswordHasher) -> Service:
    """Return a service with another hasher, and else as it is wired."""
    other: Any = copy.copy(service)
    other._hasher = hasher
    return other  # type: ignore[no-any-return]


@contextmanager
def recorded_calls() -> Iterator[list[Call]]:
    """Collect the calls to DynamoDB."""
    seen: list[Call] = []
    with Recorder([aws.client("dynamodb")], seen.append):
        yield seen


def refused(
    hasher: CountingHasher, alias: str, password: str, address: str = "192.0.2.1"
) -> tuple[Any, ...]:
    """Return all that a refused sign-in does: what it says, hashes, and asks of DynamoDB."""
    hasher.work.clear()
    service = with_hasher(wiring.session_service(), hasher)
    with recorded_calls() as calls, pytest.raises(TweeterError) as error:
        service.sign_in(alias=alias, password=password, address=address)
    told = (type(error.value), error.value.code, error.value.message)
    return told, tuple(hasher.work), tuple(call.operation for call in calls)


def test_an_unknown_alias_costs_exactly_what_a_wrong_password_does(world: World) -> None:
    world.sign_up("ann")
    unknown = refused(CountingHasher(), "nobody", "wrong password", "192.0.2.1")
    wrong = refused(CountingHasher(), "ann", "wrong password", "192.0.2.2")
    assert unknown == wrong
    (work,) = unknown[1]
    config = get_config()
    assert (work.kind, work.lanes) == ("ID", 1)
    assert (work.memory_kib, work.passes) == (config.argon2_memory_kib, config.argon2_passes)


def test_the_answers_to_both_are_the_same(world: World) -> None:
    world.sign_up("ann")
    with time_machine.travel(datetime.now(UTC), tick=False):  # RateLimit-Reset goes by seconds
        answers = [
            world.anonymous.post("/sessions/", {"alias": alias, "password": "wrong password"})
            for alias in ("nobody", "ann")
        ]
    bodies = {answer.content for answer in answers}
    headers = [
        {k: v for k, v in answer.headers.items() if k != "X-Request-Id"} for answer in answers
    ]
    assert len(bodies) == 1
    assert headers[0] == headers[1]


@pytest.mark.parametrize("alias", ["ann", "nobody"])
def test_a_password_of_any_length_is_hashed_at_the_price_of_the_longest(
    world: World, alias: str
) -> None:
    world.sign_up("ann")
    _, work, _ = refused(CountingHasher(), alias, "x" * 1_000_000)
    assert [each.characters for each in work] == [128]


def test_a_sign_in_that_is_refused_for_too_many_failures_hashes_nothing(world: World) -> None:
    world.sign_up("ann")
    hasher = CountingHasher()
    for _ in range(get_config().sign_in_attempts):
        refused(hasher, "ann", "wrong password")
    told, work, _ = refused(hasher, "ann", PASSWORD)
    assert told[0] is TooManyRequests
    assert work == ()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"alias": "me"}, InvalidInput),
        ({"name": ""}, InvalidInput),
        ({"password": "x" * 100_000}, InvalidInput),
        ({"password": "12345678"}, InvalidInput),
        ({"alias": "ANN"}, Conflict),
    ],
)
def test_a_sign_up_that_is_refused_hashes_nothing(
    world: World, fields: dict[str, str], error: type[TweeterError]
) -> None:
    world.sign_up("ann")
    hasher = CountingHasher()
    service = with_hasher(wiring.account_service(), hasher)
    with pytest.raises(error):
        service.sign_up(
            alias=fields.get("alias", "bob"),
            name=fields.get("name", "Bob"),
            password=fields.get("password", PASSWORD),
        )
    assert hasher.work == []


def test_no_request_runs_argon2_more_than_twice(world: World) -> None:
    token = world.sign_up("ann").token
    hasher, address = CountingHasher(), "192.0.2.1"
    sessions = with_hasher(wiring.session_service(), hasher)
    accounts: Any = with_hasher(wiring.account_service(), hasher)
    accounts._sessions = sessions
    caller = sessions.authenticate(token)

    def runs_of(request: Callable[[], object]) -> int:
        hasher.work.clear()
        request()
        return len(hasher.work)

    def sign_in() -> None:
        sessions.sign_in(alias="ann", password=PASSWORD, address=address)

    assert runs_of(lambda: accounts.sign_up(alias="bob", name="Bob", password=PASSWORD)) == 1
    assert runs_of(sign_in) == 1
    older = older_hash(PASSWORD)
    DynamoAccountDao().rehash(caller.account, older)
    assert runs_of(sign_in) == 2  # which makes the hash anew by the present parameters
    assert runs_of(sign_in) == 1
    new = {"password": "battery staple", "current_password": PASSWORD}
    assert runs_of(lambda: accounts.change(caller, **new)) == 2
    caller = sessions.authenticate(token)
    assert runs_of(lambda: accounts.close(caller, password="battery staple")) == 1


def test_a_hash_of_nobody_fits_no_password_and_needs_no_work_of_its_own() -> None:
    hasher = CountingHasher()
    assert not hasher.verify("", None)
    assert not hasher.verify(PASSWORD, None)
    assert len(hasher.work) == 2
    assert hasher.verify(PASSWORD, hasher.hash(PASSWORD))


def test_the_parameters_are_those_that_owasp_recommends_or_more() -> None:
    """OWASP, Password Storage Cheat Sheet: Argon2id with 19 MiB and two passes."""
    deployed = CountingHasher()
    assert deployed.hash(PASSWORD).startswith("argon2$argon2id$v=19$")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TWEETER_ARGON2_MEMORY_KIB")
        patch.delenv("TWEETER_ARGON2_PASSES")
        defaults = get_config.__wrapped__()
    assert defaults.argon2_memory_kib >= 19_456
    assert defaults.argon2_passes >= 2
    # The largest function that README deploys has 512 MB, and runs one request at a time.
    assert defaults.argon2_memory_kib * 1_024 < 64_000_000
