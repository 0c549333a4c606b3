"""Whole days of a few people, of whom everything is seen as the contract says, whatever they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.stateful.examples import examples
from tests.stateful.model import PASSWORD, SESSION_SECONDS, Answer, Model
from tests.stateful.snapshots import restore, tables_now
from tests.stateful.system import System

START = datetime(2026, 1, 1, tzinfo=UTC)
STEP_SECONDS = 0.001
"""Between any two steps: so each has a moment of its own, by which lists are ordered."""
UNCERTAIN_SECONDS = 125
"""How much longer a session may live than it says, since not every use is written down."""
STATES = ("queued", "delivering", "delivered")

aliases = st.sampled_from(["ann", "Ann", "BOB", "bob", "cid", "Dan", "eve"])
passwords = st.sampled_from([PASSWORD, "a mule, correct"])
waits = st.sampled_from([1, 3, 70, 20 * 60, 59 * 60, 25 * 3600])
workers = st.sampled_from(["fan_out_worker", "feed_worker"])


@dataclass
class Walk:
    """Reading a list page by page, while anything happens to it."""

    session: str
    path: str | None
    expected: set[str]
    """What was in the list when the walk began, and has not left it since."""
    seen: list[str] = field(default_factory=list)


class Days(RuleBasedStateMachine):
    """People who do what comes to their minds, and workers whose messages come as they like."""

    sessions: Bundle[str] = Bundle("sessions")
    texts: Bundle[str] = Bundle("texts")
    walks: Bundle[Walk] = Bundle("walks")

    def __init__(self, tables: bytes) -> None:
        super().__init__()
        restore(tables)
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.__enter__()
        self.system, self.model = System(self.clock), Model()
        self.number = 0
        self.states: dict[str, int] = {}
        self.open_walks: list[Walk] = []
        self.is_sound = True
        self.is_settled = True
        """Whether counts are right: they are put right after a deletion in the background."""

    @initialize(target=sessions)
    def begin(self) -> Any:
        names = ["ann", "Bob", "cid", "dan"]
        for name in names:
            self.both("sign_up", name, name)
        for name in names[1:]:
            self.both("follow", name, "ann")
        return multiple(*names)

    @rule(target=sessions, alias=aliases | st.just("Me"))
    def sign_up(self, alias: str) -> Any:
        return self.begun(self.both("sign_up", self.next("session"), alias))

    @rule(target=sessions, alias=aliases, password=passwords)
    def sign_in(self, alias: str, password: str) -> Any:
        return self.begun(self.both("sign_in", self.next("session"), alias, password))

    @rule(session=sessions)
    def sign_out(self, session: str) -> None:
        self.both("sign_out", session)

    @rule(session=sessions)
    def look_at_session(self, session: str) -> None:
        self.both("current_session", session)

    @rule(session=sessions)
    def rename(self, session: str) -> None:
        self.both("rename", session, self.next("name"))

    @rule(session=sessions, current=passwords, new=passwords)
    def change_password(self, session: str, current: str, new: str) -> None:
        self.both("change_password", session, current, new)

    @rule(session=sessions, alias=aliases)
    def follow(self, session: str, alias: str) -> None:
        self.both("follow", session, alias)

    @rule(session=sessions, alias=aliases)
    def unfollow(self, session: str, alias: str) -> None:
        if self.both("unfollow", session, alias)[0] == 204:
            self.left_lists(alias, self.model.sessions[session].owner)

    @rule(session=sessions, alias=aliases)
    def look_at_relationship(self, session: str, alias: str) -> None:
        self.both("relationship", session, alias)

    @rule(target=texts, session=sessions, mention=aliases, key=st.sampled_from([None, "k"]))
    def post(self, session: str, mention: str, key: str | None) -> Any:
        text = f"{self.next('status')} @{mention}"
        posted = self.both("post", session, text, key)[0] == 201
        return text if posted else multiple()

    @rule(session=sessions, text=texts)
    def post_again(self, session: str, text: str) -> None:
        if (self.model.owner(session), "k") in self.model.keys:
            self.both("post", session, text, "k")

    @rule(session=sessions, text=texts)
    def delete(self, session: str, text: str) -> None:
        if self.both("delete", session, text)[0] == 204:
            self.left_lists(text)

    @rule(session=sessions, password=passwords)
    def close(self, session: str, password: str) -> None:
        before = set(self.model.statuses)
        owner = self.model.owner(session)
        if self.both("close", session, password)[0] == 204:
            self.is_settled = False
            gone = before - set(self.model.statuses)
            self.left_lists(owner, *(status.text for status in gone))

    @rule(seconds=waits)
    def wait(self, seconds: float) -> None:
        self.shift(seconds)
        idle = [self.model.now - session.used_at for session in self.model.sessions.values()]
        while any(0 < each - SESSION_SECONDS < UNCERTAIN_SECONDS for each in idle):
            self.shift(UNCERTAIN_SECONDS)
            idle = [each + UNCERTAIN_SECONDS for each in idle]

    @rule(worker=workers, place=st.integers(0, 20), again=st.booleans())
    def work(self, worker: str, place: int, again: bool) -> None:
        self.system.take()
        messages = getattr(self.system, worker).messages
        if messages:
            getattr(self.system, worker).run(place % len(messages), again=again)

    @rule(alias=aliases)
    def look_at_account(self, alias: str) -> None:
        if self.is_settled:
            self.both("account", alias)

    @rule(
        target=walks,
        session=sessions,
        size=st.integers(1, 3),
        which=st.sampled_from(["followers", "following", "story", "feed"]),
        alias=aliases,
    )
    def begin_walk(self, session: str, size: int, which: str, alias: str) -> Any:
        if not self.model.lives(session) or alias.lower() not in self.model.accounts:
            return multiple()
        self.both("current_session", session)
        of = session if which == "feed" else alias
        expected = set(getattr(self.system, which)(of))
        path = "/feed/" if which == "feed" else f"/accounts/{alias}/{which}/"
        walk = Walk(session, f"{path}?page_size={size}", expected)
        self.open_walks.append(walk)
        return walk

    @rule(walk=walks)
    def turn_page(self, walk: Walk) -> None:
        if walk.path is None or self.both("current_session", walk.session)[0] != 200:
            return
        items, walk.path = self.system.page(walk.path, walk.session)
        assert items or not walk.seen, "only the first page may be empty"
        walk.seen += items
        assert len(walk.seen) == len(set(walk.seen)), "something came twice"
        if walk.path is None:
            assert walk.expected <= set(walk.seen), "something was left out"

    @rule(text=texts)
    def look_at_delivery(self, text: str) -> None:
        status = self.model.find(text)
        session = status and self.model.session_of(status.author)
        if status and session:
            self.check_delivery(session, text, status.audience & self.model.accounts.keys())

    @rule()
    def settle(self) -> None:
        """Have everything delivered, and look at everything."""
        self.system.deliver()
        self.model.now = self.seconds()
        self.is_settled = True
        for alias, account in list(self.model.accounts.items()):
            session = self.next("session")
            self.both("sign_in", session, alias, account.password)
            self.both("account", alias)
            for which in ("followers", "following", "story"):
                seen, right = (getattr(each, which)(alias) for each in (self.system, self.model))
                assert seen == right, f"{which} of {alias}"
            assert self.system.feed(session) == self.model.feed(alias), f"feed of {alias}"
            for status in self.model.statuses:
                if status.author == alias:
                    self.check_delivery(session, status.text, frozenset())
                    assert self.states[status.text] == STATES.index("delivered")

    def teardown(self) -> None:
        try:
            if self.is_sound:
                self.settle()
        finally:
            self.travel.__exit__(None, None, None)

    def both(self, method: str, *arguments: Any) -> Answer:
        """Do something to the system and to the model, and assert that they answer the same."""
        self.shift(STEP_SECONDS)
        self.is_sound = False
        answers = [getattr(each, method)(*arguments) for each in (self.system, self.model)]
        assert answers[0] == answers[1], f"{method} answered {answers[0]} instead of {answers[1]}"
        self.is_sound = True
        answer: Answer = answers[0]
        return answer

    def check_delivery(self, session: str, text: str, audience: frozenset[str]) -> None:
        """Assert that a delivery goes forward only, and is over only when all feeds have it."""
        self.both("current_session", session)
        delivery = self.system.delivery(session, text)
        state = STATES.index(delivery["state"])
        assert state >= self.states.get(text, 0), "a delivery went back"
        assert delivery["delivered"] <= delivery["followers"]
        self.states[text] = state
        if delivery["state"] == "delivered":
            assert self.system.holders(text, audience) == audience, "some have not got it"

    def begun(self, answer: Answer) -> Any:
        """Return the session that has begun, if it has."""
        return f"session {self.number}" if answer[0] == 201 else multiple()

    def left_lists(self, *items: str) -> None:
        """Expect something no more of walks that are under way."""
        gone = {item.lower() for item in items}
        for walk in self.open_walks:
            walk.expected = {item for item in walk.expected if item.lower() not in gone}

    def next(self, what: str) -> str:
        """Return a name that nothing else has."""
        self.number += 1
        return f"{what} {self.number}"

    def shift(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.shift(seconds)
        self.model.now = self.seconds()

    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return (datetime.now(UTC) - START).total_seconds()


def test_whatever_people_do_everything_is_as_the_contract_says(aws: None) -> None:
    empty = tables_now()
    days = partial(Days, empty)
    run_state_machine_as_test(days, settings=examples(3, steps=40))  # type: ignore[arg-type]
