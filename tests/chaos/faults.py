"""Which fault strikes where and when: plain functions of the seed.

Nothing here looks at the time or at what has happened, so a seed always means the same schedule.
How the processes' threads are interleaved between two faults is up to the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

APIS = ("api-1", "api-2")
WORKERS = ("workers-1", "workers-2")
PROCESSES = APIS + WORKERS

QUEUES = ("fan-out", "feed")
SHORT_TABLES = ("accounts", "feeds", "follows", "line", "progress", "sessions", "statuses")
"""Whose capacity may run short."""


KILLED = "killed itself: "
"""What a process's line begins with that tells of its death; JSON follows."""
LONGEST_DELAY = "TWEETER_CHAOS_LONGEST_DELAY"
"""Seconds, in a process's environment, for which it delays a message at most."""


class Kind(Enum):
    """What goes wrong."""

    KILL = "process killed"
    THROTTLE = "call throttled"
    CONFLICT = "transaction in conflict with another"
    FAILURE = "answered 500 or 503"
    RESET = "connection reset"
    LOST = "carried out, answer lost"
    SLOW = "slow answer"
    TIMEOUT = "no answer in time"
    LATE = "carried out after the caller gave up"
    DUPLICATE = "message delivered twice"
    OVERTAKEN = "message overtaken by others"
    SHORTAGE = "table short of capacity"
    POISON = "message that is not ours"


@dataclass(frozen=True, slots=True)
class Death:
    """SIGKILL of a process by its own hand, at one of its attempts to call AWS."""

    call: int
    """Counted from 1 in each life of the process."""
    is_answered: bool
    """Whether it dies after the answer, before anything is made of it; else before sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong at the next occasion after its step of the load has begun."""

    step: int
    kind: Kind
    target: str
    """A process; of messages the queue; of capacity the table."""
    service: str = ""
    operation: str = ""
    blows: int = 1
    """How many attempts in a row fail: botocore tries three times, which hides a single one."""
    seconds: float = 0.0
    """How late an answer or a message is."""


_MEAN_CALLS = {"api": 60, "workers": 45}
"""Calls from one death of a process to the next."""
_FAULTS_A_STEP = 0.8
_WEIGHTS = {
    Kind.THROTTLE: 13,
    Kind.CONFLICT: 7,
    Kind.FAILURE: 14,
    Kind.RESET: 13,
    Kind.LOST: 18,
    Kind.SLOW: 9,
    Kind.TIMEOUT: 3,
    Kind.LATE: 2,
    Kind.DUPLICATE: 10,
    Kind.OVERTAKEN: 7,
    Kind.SHORTAGE: 2,
    Kind.POISON: 2,
}
_CALLS = {
    "api": {
        ("dynamodb", "BatchGetItem"): 5,
        ("dynamodb", "TransactWriteItems"): 8,
        ("dynamodb", "GetItem"): 4,
        ("dynamodb", "Query"): 2,
        ("dynamodb", "UpdateItem"): 2,
        ("dynamodb", "DeleteItem"): 1,
        ("sqs", "SendMessageBatch"): 3,
        ("s3", "PutObject"): 3,
        ("s3", "DeleteObject"): 2,
    },
    "workers": {
        ("dynamodb", "BatchWriteItem"): 7,
        ("dynamodb", "GetItem"): 4,
        ("dynamodb", "Query"): 3,
        ("dynamodb", "UpdateItem"): 4,
        ("dynamodb", "PutItem"): 4,
        ("dynamodb", "DeleteItem"): 2,
        ("dynamodb", "DescribeTable"): 1,
        ("dynamodb", "TransactWriteItems"): 3,
        ("s3", "DeleteObject"): 2,
        ("sqs", "SendMessageBatch"): 4,
        ("sqs", "SendMessage"): 1,
        ("sqs", "ReceiveMessage"): 2,
        ("sqs", "DeleteMessageBatch"): 3,
    },
}
_TRANSACTION = ("dynamodb", "TransactWriteItems")
_WITHOUT_A_BODY = {("s3", "DeleteObject")}
"""Whose answer has nothing in it that could be lost on the way."""


def death(seed: int, process: str, life: int) -> Death:
    """Return how a process dies in one of its lives, counted from 0."""
    random = Random(f"{seed}/{process}/{life}")
    mean = _MEAN_CALLS[_role(process)]
    return Death(random.randint(1, 2 * mean), random.random() < 0.5)


def faults_of(seed: int, step: int) -> Sequence[Fault]:
    """Return what goes wrong from one step of the load on, but for deaths."""
    random = Random(f"{seed}/step/{step}")
    count = int(_FAULTS_A_STEP) + (random.random() < _FAULTS_A_STEP % 1)
    return [_fault(random, step) for _ in range(count)]


def _fault(random: Random, step: int) -> Fault:
    [kind] = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    if kind is Kind.SHORTAGE:
        return Fault(step=step, kind=kind, target=random.choice(SHORT_TABLES))
    if kind is Kind.POISON:
        return Fault(step=step, kind=kind, target=random.choice(QUEUES))
    if kind in {Kind.DUPLICATE, Kind.OVERTAKEN}:
        seconds = float(random.randint(0, 6))
        return Fault(step=step, kind=kind, target=random.choice(QUEUES), seconds=seconds)
    return _failing_call(random, step, kind)


def _failing_call(random: Random, step: int, kind: Kind) -> Fault:
    process = random.choice(PROCESSES)
    calls = _CALLS[_role(process)]
    [(service, operation)] = random.choices(list(calls), list(calls.values()))
    if kind is Kind.CONFLICT:
        service, operation = _TRANSACTION
    if kind is Kind.LOST and (service, operation) in _WITHOUT_A_BODY:
        kind = Kind.RESET
    [blows] = random.choices([1, 2, 3, 4], [5, 2, 3, 1])
    seconds = {
        Kind.SLOW: random.uniform(0.1, 1.0),
        Kind.TIMEOUT: 3.0,
        Kind.LATE: random.uniform(2.1, 4.0),
    }.get(kind, 0.0)
    return Fault(
        step=step,
        kind=kind,
        target=process,
        service=service,
        operation=operation,
        blows=1 if kind in {Kind.TIMEOUT, Kind.LATE} else blows,
        seconds=round(seconds, 3),
    )


def _role(process: str) -> str:
    return process.rpartition("-")[0]
