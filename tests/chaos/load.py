"""What goes on meanwhile: clients that do one thing after the other, each by its own seed."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from random import Random

from tests.chaos.people import Person, draw_picture, sign_up
from tests.chaos.record import Record
from tests.chaos.web import Web

_MOST_PEOPLE = 12
"""Of a client: more would sign up for ever and do nothing else."""
_FEWEST_PEOPLE = 3
"""Of a client, so that there is always somebody to do something."""
_POSTS_BEFORE_VANISHING = 4
_BIG = 0.3
"""How often it is the author with many followers who posts, where a client has one."""

Begin = Callable[[], int]
"""Begins another step of the campaign, faults included, and returns its number."""


class Client:
    """A few people behind one connection, who do one thing after the other."""

    def __init__(
        self,
        number: int,
        *,
        seed: int,
        ports: Sequence[int],
        celebrities: Sequence[str],
        gone: set[str],
    ) -> None:
        self.record = Record()
        self._random = Random(f"{seed}/client/{number}")
        self._web = Web(ports, number)
        self._name = f"c{number}"
        self._signed_up = 0
        self._known = list(celebrities)
        self._people: list[Person] = []
        self._big: Person | None = None
        self._may_vanish = False
        self._gone = gone

    def begin(self, people: int) -> None:
        """Sign the first people up, before anything fails."""
        for _ in range(people):
            self._sign_up()

    def meet(self, others: Sequence[str]) -> None:
        """Learn whom else there is to follow."""
        self._known += others

    def take_over(self, celebrity: Person, *, may_vanish: bool) -> None:
        """Be the client of somebody with many followers, too, who may delete the account."""
        self._big = celebrity
        self._may_vanish = may_vanish

    def aliases(self) -> list[str]:
        """Return who has signed up here."""
        return [person.alias for person in self._people]

    def run(self, begin_step: Begin, is_over: Callable[[], bool]) -> None:
        """Do one thing after the other until it is over; a defect of ours counts as a problem."""
        try:
            while not is_over():
                self._act(begin_step())
        except Exception:  # noqa: BLE001 - a thread's error must reach the report
            self.record.problems.append(traceback.format_exc())

    def close(self) -> None:
        """Have everybody post once more, who thereby supersedes what may have become of others."""
        for person in [*self._people, *([self._big] if self._big else [])]:
            if person.session or person.sign_in():
                person.post(f"{person.alias} says good night", f"{person.alias}-night")

    def look(self) -> None:
        """Have everybody walk through their feed."""
        for person in self._people:
            if person.session or person.sign_in():
                person.walk_feed()

    def _act(self, step: int) -> None:
        person = self._random.choice(self._people)
        if person.session is None and not person.sign_in():
            return
        [act] = self._random.choices(list(_ACTS), list(_ACTS.values()))
        act(self, person, step)

    def _sign_up(self) -> None:
        alias = f"{self._name.upper()}_{self._signed_up}"
        self._signed_up += 1
        picture = draw_picture(self._random) if self._random.random() < 0.5 else None
        person = sign_up(alias, picture, self._web, self.record, self._gone)
        if person:
            self._people.append(person)

    def newcomer(self, _: Person, __: int) -> None:
        if len(self._people) < _MOST_PEOPLE:
            self._sign_up()

    def post(self, person: Person, step: int) -> None:
        if self._big and self._random.random() < _BIG:
            person = self._big
        key = f"key-{step}" if self._random.random() < 0.7 else None
        person.post(f"{person.alias} at step {step}", key)

    def delete(self, person: Person, step: int) -> None:
        if self._big and self._big.posts and self._random.random() < _BIG:
            person = self._big
        if person.posts:
            person.delete(self._random.choice(person.posts))

    def follow(self, person: Person, step: int) -> None:
        strangers = [one for one in self._others(person) if person.follows.get(one) is not True]
        if strangers:
            person.follow(self._random.choice(strangers))

    def unfollow(self, person: Person, step: int) -> None:
        friends = [one for one in person.follows if person.follows[one] is not False]
        if friends:
            person.unfollow(self._random.choice(friends))

    def leave(self, person: Person, step: int) -> None:
        person.sign_out()

    def come_back(self, person: Person, step: int) -> None:
        person.sign_in()

    def dress(self, person: Person, step: int) -> None:
        person.change_picture(draw_picture(self._random))

    def rename(self, person: Person, step: int) -> None:
        person.change_name(f"{person.alias} of step {step}")

    def secure(self, person: Person, step: int) -> None:
        person.change_password()

    def vanish(self, person: Person, step: int) -> None:
        if self._big and self._may_vanish and len(self._big.posts) >= _POSTS_BEFORE_VANISHING:
            person, self._big = self._big, None
        elif len(self._people) > _FEWEST_PEOPLE:
            self._people.remove(person)
        else:
            return
        person.delete_account()

    def read(self, person: Person, step: int) -> None:
        person.read_feed()

    def _others(self, person: Person) -> list[str]:
        mine = [other.alias for other in self._people]
        return [alias for alias in dict.fromkeys(self._known + mine) if alias != person.alias]


_ACTS: dict[Callable[[Client, Person, int], None], int] = {
    Client.newcomer: 4,
    Client.post: 30,
    Client.delete: 8,
    Client.follow: 20,
    Client.unfollow: 11,
    Client.leave: 4,
    Client.come_back: 2,
    Client.dress: 9,
    Client.rename: 2,
    Client.secure: 2,
    Client.vanish: 3,
    Client.read: 6,
}
"""What people do, and how often against the rest."""
