"""Faults that are no failing call: of messages, and of a table's capacity.

They go to the embedded AWS past microburst, so that they themselves do not fail.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

from bench.capacity import CapacityStandIn
from tests.chaos.direct import Direct
from tests.chaos.faults import Fault, Kind

_HOLD_SECONDS = 10
"""For how long a message that was caught is out of sight at most."""
_CATCH_SECONDS = 60.0
_SHORT_UNITS = 3
_SHORT_SECONDS = 2.0


class Meddler:
    """Carries such faults out, each in a thread of its own, and notes which have struck."""

    def __init__(self, direct: Direct, standin: CapacityStandIn, seed: int) -> None:
        self.struck: list[Fault] = []
        self.poison: list[tuple[str, str]] = []
        self._direct = direct
        self._seed = seed
        self._through_standin = direct.beside(standin.url)
        self._is_over = threading.Event()
        self._short = threading.Lock()
        self._threads: list[threading.Thread] = []

    def arm(self, fault: Fault) -> None:
        """Begin with a fault."""
        thread = threading.Thread(target=self._strike, args=(fault,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Give up what has not struck yet, and leave everything as it should be."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _strike(self, fault: Fault) -> None:
        strike: dict[Kind, Callable[[Fault], bool]] = {
            Kind.DUPLICATE: self._with_message,
            Kind.OVERTAKEN: self._with_message,
            Kind.SHORTAGE: self._run_short,
            Kind.POISON: self._poison,
        }
        if strike[fault.kind](fault):
            self.struck.append(fault)

    def _with_message(self, fault: Fault) -> bool:
        """Catch the next message of a queue, and have it delivered late, or twice; tell whether
        one came."""
        sqs, url = self._direct.sqs, self._direct.queue_url(fault.target)
        deadline = time.monotonic() + _CATCH_SECONDS
        while time.monotonic() < deadline and not self._is_over.is_set():
            answer = sqs.receive_message(
                QueueUrl=url, VisibilityTimeout=_HOLD_SECONDS, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                if fault.kind is Kind.DUPLICATE:
                    sqs.send_message(
                        QueueUrl=url, MessageBody=message["Body"], DelaySeconds=int(fault.seconds)
                    )
                sqs.change_message_visibility(
                    QueueUrl=url,
                    ReceiptHandle=message["ReceiptHandle"],
                    VisibilityTimeout=int(fault.seconds) if fault.kind is Kind.OVERTAKEN else 0,
                )
                return True
        return False

    def _run_short(self, fault: Fault) -> bool:
        """Give a table next to nothing for a while."""
        table = self._direct.table_name(fault.target)
        with self._short:
            before = self._direct.throughput(table)
            self._set(
                table, {"ReadCapacityUnits": _SHORT_UNITS, "WriteCapacityUnits": _SHORT_UNITS}
            )
            self._is_over.wait(_SHORT_SECONDS)
            self._set(table, before)
        return True

    def _set(self, table: str, throughput: dict[str, int] | None) -> None:
        """Set a table's capacity, None for by the request; the stand-in learns it on the way."""
        change: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if throughput:
            change = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}
        self._through_standin.update_table(TableName=table, **change)

    def _poison(self, fault: Fault) -> bool:
        random = Random(f"{self._seed}/poison/{fault.step}")
        body = random.choice(_POISON).replace("?", str(random.getrandbits(64)))
        self.poison.append((fault.target, body))
        self._direct.sqs.send_message(
            QueueUrl=self._direct.queue_url(fault.target), MessageBody=body
        )
        return True


_POISON = (
    "?",
    "{ ?",
    json.dumps({"version": 99, "status": "?"}),
    json.dumps({"version": 1, "status": "../?", "author": "nobody"}),
    json.dumps({"version": 1, "status": "0" * 32, "author": "", "owners": [], "id": "?"}),
    json.dumps({"version": 1, "status": "0" * 32, "author": "x", "owners": {"?": 1}}),
)
"""None of which a worker can understand."""
