"""A campaign from beginning to end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.fanout.crowd import authors_with, pool
from tests.chaos import checker, stored
from tests.chaos.direct import Direct
from tests.chaos.faults import QUEUES, Kind, faults_of
from tests.chaos.load import Client
from tests.chaos.meddling import Meddler
from tests.chaos.people import Person, sign_up
from tests.chaos.record import AccountRecord, FollowRecord, Record
from tests.chaos.system import System
from tests.chaos.web import Web

_CLIENTS = 6
_FIRST_PEOPLE = 3
_POLL_SECONDS = 0.5
_RETURN_SECONDS = 20
"""After which the message of a worker that died is received again; on AWS it is six times the
function's timeout."""
_SETTLE_SECONDS = 300.0
_MOST_STEPS_A_FAULT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign is to be like."""

    seed: int
    faults: int
    """How many must strike before it ends."""
    followers: tuple[int, ...]
    """Of the authors with many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    faults: Counter[Kind]
    """Those that struck."""
    blows: Counter[Kind]
    """What they came to: attempts that failed, processes that died."""
    steps: int
    acts: Counter[str]
    seconds: float
    refused: int
    """Items and calls that the tables had no capacity for, which nobody scheduled."""
    differences: Sequence[str]


class _Celebrities:
    """Signs the authors with many followers up."""

    def __init__(self, web: Web, record: Record, gone: set[str]) -> None:
        self.people: dict[str, Person] = {}
        self._gone = gone
        self._web = web
        self._record = record

    def sign_up(self, alias: str) -> str:
        person = sign_up(alias, None, self._web, self._record, self._gone)
        assert person is not None
        assert person.session is not None
        self.people[alias] = person
        return person.session.token


class Campaign:
    """Runs on a system that is there and provisioned; `say` tells how it goes on."""

    def __init__(
        self, plan: Plan, *, system: System, direct: Direct, say: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._system = system
        self._direct = direct
        self._say = say
        self._meddler = Meddler(direct, system.standin, plan.seed)
        self._lock = threading.Lock()
        self._steps = 0
        self._is_over = False
        self._record = Record()

    def run(self) -> Outcome:
        """Let people do things while faults strike, heal, wait, and check."""
        began = time.monotonic()
        self._direct.hasten_returns(_RETURN_SECONDS)
        clients = self._people()
        self._say(f"{self._plan.followers} followers, {_CLIENTS} clients; the faults begin")
        self._storm(clients)
        self._say(f"{self._struck().total()} faults have struck; healing")
        for client in clients:
            client.close()
        has_settled = self._settle()
        for client in clients:
            client.look()
        self._collect(clients)
        differences = self._check()
        if not has_settled:
            differences.insert(0, f"not settled after {_SETTLE_SECONDS:.0f} s")
        return self._outcome(time.monotonic() - began, differences)

    def _people(self) -> list[Client]:
        """Sign the first people up, before anything fails."""
        ports, followers = self._system.ports, self._plan.followers
        gone: set[str] = set()
        celebrities = _Celebrities(Web(ports, 0), self._record, gone)
        authors = authors_with(celebrities, followers)
        self._know_the_crowd([author.alias for author in authors])
        names = list(celebrities.people)
        clients = [
            Client(number, seed=self._plan.seed, ports=ports, celebrities=names, gone=gone)
            for number in range(_CLIENTS)
        ]
        for client, celebrity in zip(clients, celebrities.people.values(), strict=False):
            client.take_over(celebrity, may_vanish=celebrity.alias == names[-1])
        with ThreadPoolExecutor(_CLIENTS) as threads:
            list(threads.map(lambda client: client.begin(_FIRST_PEOPLE), clients))
        everyone = [alias for client in clients for alias in client.aliases()]
        for client in clients:
            client.meet(everyone)
        return clients

    def _know_the_crowd(self, authors: Sequence[str]) -> None:
        """Take down who was put there to follow."""
        members = pool(max(self._plan.followers))
        for member in members:
            self._record.accounts[member] = AccountRecord(account_id=member, is_there=True)
        for author, followers in zip(authors, self._plan.followers, strict=True):
            self._record.follows += [
                FollowRecord(
                    follower=member,
                    followee=author,
                    began=0.0,
                    ended=0.0,
                    follows=True,
                    is_done=True,
                )
                for member in members[:followers]
            ]

    def _storm(self, clients: Sequence[Client]) -> None:
        self._system.arm()
        try:
            with ThreadPoolExecutor(_CLIENTS) as threads:
                running = [
                    threads.submit(client.run, self._begin_step, lambda: self._is_over)
                    for client in clients
                ]
                self._wait_for_faults()
                for each in running:
                    each.result()
        finally:
            self._is_over = True
            self._meddler.stop()
            self._system.heal()

    def _wait_for_faults(self) -> None:
        told = 0
        while (struck := self._struck().total()) < self._plan.faults:
            if self._steps > _MOST_STEPS_A_FAULT * self._plan.faults:
                self._record.problems.append(f"only {struck} faults struck in {self._steps} steps")
                break
            if struck >= told + 50:
                told = struck
                self._say(f"{struck} faults in {self._steps} steps")
            time.sleep(_POLL_SECONDS)
        self._is_over = True

    def _begin_step(self) -> int:
        with self._lock:
            self._steps += 1
            step = self._steps
        failing_calls = []
        for fault in faults_of(self._plan.seed, step):
            if fault.service:
                failing_calls.append(fault)
            else:
                self._meddler.arm(fault)
        self._system.fail(failing_calls)
        return step

    def _struck(self) -> Counter[Kind]:
        struck = Counter(fault.kind for fault, _ in self._system.failed())
        struck.update(fault.kind for fault in self._meddler.struck)
        struck[Kind.KILL] += len(self._system.deaths)
        return struck

    def _settle(self) -> bool:
        """Wait until nothing is on its way any more; tell whether that came to be."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        quiet = 0
        while time.monotonic() < deadline:
            waiting = sum(self._direct.waiting(queue) for queue in QUEUES)
            quiet = 0 if waiting or any(self._direct.items("line")) else quiet + 1
            if quiet >= 3:
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _collect(self, clients: Sequence[Client]) -> None:
        self._record.poison += self._meddler.poison
        for client in clients:
            record = client.record
            self._record.accounts |= record.accounts
            self._record.sessions += record.sessions
            self._record.follows += record.follows
            self._record.posts += record.posts
            self._record.feeds |= record.feeds
            self._record.problems += record.problems

    def _check(self) -> list[str]:
        dead = [(queue, body) for queue in QUEUES for body in self._direct.dead_letters(queue)]
        return checker.check(stored.read(self._direct), self._record, dead)

    def _outcome(self, seconds: float, differences: Sequence[str]) -> Outcome:
        blows: Counter[Kind] = Counter()
        for fault, count in self._system.failed():
            blows[fault.kind] += count
        blows.update(fault.kind for fault in self._meddler.struck)
        blows[Kind.KILL] += len(self._system.deaths)
        tables = self._system.standin.report()["tables"].values()
        refused = sum(
            table["totals"]["unprocessed_items"] + table["totals"]["throttled_requests"]
            for table in tables
        )
        return Outcome(
            faults=self._struck(),
            blows=blows,
            steps=self._steps,
            acts=_acts(self._record),
            seconds=seconds,
            refused=refused,
            differences=differences,
        )


def _acts(record: Record) -> Counter[str]:
    return Counter(
        {
            "sign-ups": len(record.accounts),
            "sessions": len(record.sessions),
            "posts": len(record.posts),
            "deletions": sum(post.is_deleted is not False for post in record.posts),
            "follows": sum(follow.follows and follow.began > 0 for follow in record.follows),
            "account removals": sum(one.is_there is False for one in record.accounts.values()),
            "unfollows": sum(not follow.follows for follow in record.follows),
        }
    )
