"""The people whom a campaign plays, and what exists of theirs: what makes requests succeed.

A fuzzer that only guesses sees little but 401 and 404. So the aliases, ids, cursors, passwords and
tokens of its requests are often exchanged for real ones just before they are sent, where they were
meant to be right.
"""

from __future__ import annotations

from collections import defaultdict, deque
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response

from tests.fuzz.checks import AnyCase
from tests.world import PASSWORD, Person, World
from tweeter import wiring
from tweeter.errors import TweeterError

_MEMBERS = 5
_REMEMBERED = 40
"""So many ids and cursors are kept, the newest, so that most of them still stand for something."""


class Cast:
    """Some people who follow each other and post, and the requests that are sent in their name."""

    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self._random = random
        self._born = 0
        self._members: dict[str, Person] = {}
        self._passwords: dict[str, str] = {}
        self._statuses: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._cursors: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._follows: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self.ended_tokens: deque[str] = deque(maxlen=_REMEMBERED)
        while len(self._members) < _MEMBERS:
            self._join()

    def pick(self) -> Person:
        """Return somebody who is signed in."""
        return self._random.choice(list(self._members.values()))

    def is_live(self, sender: Person) -> bool:
        """Tell whether a request that was sent for somebody was sent in a session that lives."""
        return self._members.get(sender.alias) is sender

    def make_real(self, case: AnyCase, sender: Person | None) -> None:
        """Exchange what a request names for what exists, often, where it was meant to be right."""
        meta = case.meta
        # Stateful cases follow links: they name what an answer before them has made.
        is_linked = meta is not None and meta.phase.name.value == "stateful"
        if not is_linked and not (meta and meta.is_negative_at(ParameterLocation.PATH)):
            self._make_path_real(case.operation.label, case.path_parameters or {}, sender)
        if case.query and "cursor" in case.query and self._random.random() < 0.7:
            known = self._cursors.get(_list_of(case, sender))
            if known:
                case.query["cursor"] = self._random.choice(known)
        if meta is not None and meta.generation.mode.is_positive and isinstance(case.body, dict):
            self._make_body_real(case.operation.label, case.body, sender)

    def learn(self, case: AnyCase, response: Response, sender: Person | None) -> None:
        """Take note of what a request has made, changed or ended."""
        label = case.operation.label
        if case.method != case.operation.method.upper() or not 200 <= response.status_code < 300:
            return
        if label == "POST /statuses/":
            status = response.json()
            self._statuses.append((status["author"]["alias"], status["id"]))
        elif label.startswith("GET ") and case.query is not None:
            following = response.json().get("next")
            if following:
                cursor = parse_qs(urlsplit(following).query)["cursor"][0]
                self._cursors[_list_of(case, sender)].append(cursor)
        if sender is not None:
            self._learn_of(sender, case)

    def _learn_of(self, sender: Person, case: AnyCase) -> None:
        """Take note of what a request has changed for its sender."""
        match case.operation.label:
            case "PATCH /accounts/me/" if isinstance(case.body, dict):
                password = case.body.get("password")
                self._passwords[sender.alias] = str(password or self._passwords[sender.alias])
            case "POST /accounts/{alias}/follow/":
                self._follows.append((sender.alias, case.path_parameters["alias"]))
            case "DELETE /sessions/current/" | "DELETE /accounts/me/":
                self._return(sender)

    def _join(self) -> None:
        self._born += 1
        # Each from an address of their own, of which none is the fuzzer's: limits may be tight.
        self._world.anonymous.defaults["REMOTE_ADDR"] = _address(self._born)
        person = self._world.sign_up(f"Member_{self._born}")
        for other in self._members.values():
            one, another = self._random.sample([person, other], 2)
            # And not the other way round, so that there is something left to do.
            if one.client.post(f"/accounts/{another.alias}/follow/").status_code == 201:
                self._follows.append((one.alias, another.alias))
            self._post(other, f"Welcome @{person.alias}!")
        self._post(person, "Thank you, all!")
        self._members[person.alias] = person
        self._passwords[person.alias] = PASSWORD
        self._world.deliver()

    def _post(self, person: Person, text: str) -> None:
        posted = person.client.post("/statuses/", {"text": text})
        if posted.status_code == 201:
            self._statuses.append((person.alias, posted.data["id"]))

    def _return(self, person: Person) -> None:
        """Let somebody sign in again, or, who can't, be succeeded by somebody new."""
        del self._members[person.alias]
        self.ended_tokens.append(person.token)
        try:
            session = wiring.session_service().sign_in(
                alias=person.alias,
                password=self._passwords[person.alias],
                address=f"10.1.0.{self._random.randrange(256)}",
            )
        except TweeterError:
            self._join()
        else:
            self._members[person.alias] = self._world.signed_in(person.alias, session.token)

    def _make_path_real(
        self, label: str, parameters: dict[str, Any], sender: Person | None
    ) -> None:
        if "alias" in parameters and self._random.random() < 0.8:
            followed = [of for by, of in self._follows if sender and by == sender.alias]
            alias = self.pick().alias
            if label == "DELETE /accounts/{alias}/follow/" and followed:
                alias = self._random.choice(followed)
            parameters["alias"] = self._random.choice([alias, alias.lower(), alias.upper()])
        if "status_id" in parameters and self._random.random() < 0.8:
            own = [each for author, each in self._statuses if sender and author == sender.alias]
            if not own or self._random.random() < 0.3:
                own = [each for _, each in self._statuses]
            parameters["status_id"] = self._random.choice(own or ["none"])

    def _make_body_real(self, label: str, body: dict[str, Any], sender: Person | None) -> None:
        if self._random.random() < 0.3:
            return
        if label == "POST /sessions/":
            alias = self.pick().alias
            body |= {"alias": alias, "password": self._passwords[alias]}
        elif sender and label == "DELETE /accounts/me/" and self._random.random() < 0.6:
            body["password"] = self._passwords[sender.alias]
        elif sender and "current_password" in body:
            body["current_password"] = self._passwords[sender.alias]


def _address(number: int) -> str:
    return f"10.0.{number // 256}.{number % 256}"


def _list_of(case: AnyCase, sender: Person | None) -> str:
    """Name the list that a request reads: everybody has their own feed and export."""
    path = case.formatted_path.lower()
    return f"{path} of {sender.alias}" if sender and "{" not in case.path else path
