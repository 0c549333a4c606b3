"""Operations at once: whatever the order of their calls to AWS, as if one came after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from itertools import combinations, permutations
from operator import methodcaller as do
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.stateful.examples import examples
from tests.stateful.interleaving import Outcome, Turns, interleave
from tests.stateful.model import PASSWORD, Model
from tests.stateful.snapshots import restore, tables_now
from tests.stateful.system import System

Scene = tuple[System, Model]
Begin = Callable[[], AbstractContextManager[Scene]]
Operation = Callable[[Any], Any]
"""The call of a method, of the system or of the model alike."""

START = datetime(2026, 1, 1, tzinfo=UTC)

OPERATIONS: dict[str, Operation] = {
    "post": do("post", "ann", "new"),
    "post elsewhere": do("post", "ann elsewhere", "newer"),
    "post with a key": do("post", "ann", "keyed", "key"),
    "post with the key again": do("post", "ann elsewhere", "keyed", "key"),
    "post another with the key": do("post", "ann elsewhere", "another", "key"),
    "delete": do("delete", "ann", "old"),
    "delete elsewhere": do("delete", "ann elsewhere", "old"),
    "unfollow": do("unfollow", "bob", "ann"),
    "unfollow elsewhere": do("unfollow", "bob elsewhere", "ann"),
    "follow again": do("follow", "bob elsewhere", "ann"),
    "follow": do("follow", "cid", "ann"),
    "follow elsewhere": do("follow", "cid elsewhere", "ann"),
    "unfollow soon": do("unfollow", "cid elsewhere", "ann"),
    "follow back": do("follow", "ann", "bob"),
    "rename": do("rename", "ann", "Ann the Great"),
    "rename elsewhere": do("rename", "ann elsewhere", "Ann the Greater"),
    "new password": do("change_password", "ann", PASSWORD, "a mule, correct"),
    "new password elsewhere": do("change_password", "ann elsewhere", PASSWORD, "an ox, correct"),
    "sign in": do("sign_in", "ann again", "ann"),
    "sign out elsewhere": do("sign_out", "ann elsewhere"),
    "close": do("close", "ann", PASSWORD),
    "sign up": do("sign_up", "dan", "dan"),
    "sign up elsewhere": do("sign_up", "dan elsewhere", "DAN"),
    "fan out": do("run", "fan_out_worker", again=True),
    "fan out again": do("run", "fan_out_worker", again=True),
    "write feeds": do("run", "feed_worker", again=True),
    "write feeds again": do("run", "feed_worker", again=True),
}
PAIRS = [
    ("post", "follow"),
    ("post", "unfollow"),
    ("post", "post elsewhere"),
    ("post", "delete"),
    ("post with a key", "post with the key again"),
    ("post with a key", "post another with the key"),
    ("delete", "delete elsewhere"),
    ("follow", "follow elsewhere"),
    ("follow", "follow back"),
    ("follow", "unfollow soon"),
    ("unfollow", "unfollow elsewhere"),
    ("unfollow", "follow again"),
    ("rename", "rename elsewhere"),
    ("rename", "new password elsewhere"),
    ("new password", "new password elsewhere"),
    ("new password", "sign in"),
    ("sign out elsewhere", "post elsewhere"),
    ("sign up", "sign up elsewhere"),
    ("close", "post elsewhere"),
    ("close", "follow"),
    ("close", "follow back"),
    ("close", "unfollow"),
    ("fan out", "fan out again"),
    ("fan out", "unfollow"),
    ("fan out", "delete"),
    ("write feeds", "write feeds again"),
    ("write feeds", "delete"),
]
SESSIONS = ("ann", "ann elsewhere", "ann again", "dan", "dan elsewhere")
END_SESSIONS = {"close", "new password", "new password elsewhere", "sign out elsewhere"}


@pytest.fixture(scope="module")
def scene(aws: None) -> Begin:
    """Bob follows Ann, Cid does not; of her two statuses one is being written, the other queued."""

    def play(actor: Any) -> None:
        for name in ("ann", "bob", "cid"):
            actor.sign_up(name, name)
            actor.sign_in(f"{name} elsewhere", name)
        actor.follow("bob", "ann")
        actor.post("ann", "older")
        actor.take()
        actor.run("fan_out_worker")
        actor.post("ann", "old")
        actor.take()

    model = Model()
    play(model)
    with time_machine.travel(START, tick=False) as clock:
        system = System(clock)
        play(system)
    tables = tables_now()

    @contextmanager
    def begin() -> Iterator[Scene]:
        restore(tables)
        with time_machine.travel(START, tick=False) as clock:
            yield system.at(clock), deepcopy(model)

    return begin


def observe(actor: Any) -> dict[str, object]:
    """Return all that can be seen when everything is over."""
    return {
        "accounts": [actor.account(alias) for alias in ("ann", "bob", "cid", "dan")],
        "followers": [sorted(actor.followers(alias)) for alias in ("ann", "bob")],
        "following": sorted(actor.following("bob")),
        "story": actor.story("ann"),
        "feeds": [actor.feed(session) for session in ("bob", "cid")],
        "sessions": [name for name in SESSIONS if actor.lives(name)],
    }


def check(scene: Begin, names: Sequence[str], runs: Sequence[int]) -> dict[str, Outcome]:
    """Run operations in turns, and assert that one after the other, in some order, they would have
    answered and left the same."""
    turns = Turns(runs)
    with scene() as (system, model):
        at_once = {name: partial(OPERATIONS[name], system) for name in names}
        outcomes = interleave(at_once, turns)
        system.deliver()
        answers = {name: outcome.answer for name, outcome in outcomes.items()}
        seen = observe(system)
    explanations = []
    for order in permutations(names):
        if is_possible(order, outcomes):
            after = deepcopy(model)
            would_be = {}
            for name in order:
                after.admits_ended = was_let_in(name, outcomes)
                would_be[name] = OPERATIONS[name](after)
            after.admits_ended = False
            if would_be == answers and observe(after) == seen:
                return outcomes
            explanations.append(f"{order} would have answered {would_be}, left {observe(after)}")
    pytest.fail("\n".join([f"no order explains {answers} and {seen}", *turns.taken, *explanations]))


def is_possible(order: Sequence[str], outcomes: Mapping[str, Outcome]) -> bool:
    """Tell whether nothing comes before what was over before it began."""
    return not any(
        outcomes[later].came_before(outcomes[earlier]) for earlier, later in combinations(order, 2)
    )


def was_let_in(name: str, outcomes: Mapping[str, Outcome]) -> bool:
    """Tell whether an operation was not refused, and began before sessions were ended: then it may
    take effect after that."""
    enders = END_SESSIONS & outcomes.keys()
    return outcomes[name].answer[0] != 401 and not any(
        outcomes[ender].came_before(outcomes[name]) for ender in enders
    )


@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_one_that_gives_way_to_another_anywhere_is_as_if_it_came_before_or_after(
    scene: Begin, names: tuple[str, str]
) -> None:
    roles = [names] if names[1] == f"{names[0]} elsewhere" else permutations(names)
    for first, second in roles:
        calls = check(scene, [first, second], [1])[first].turns
        for number in range(2, len(calls)):
            check(scene, [first, second], [number])


@examples(12)
@given(
    names=st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=2, max_size=3, unique=True),
    runs=st.lists(st.integers(1, 6), min_size=2, max_size=6),
)
def test_any_that_give_way_to_each_other_are_as_one_after_the_other(
    scene: Begin, names: list[str], runs: list[int]
) -> None:
    check(scene, names, runs)
