"""The proxy that makes calls to AWS fail: microburst, as a process, and what it is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from bench.people import wait_until
from bench.web import ask
from tests.chaos.faults import Fault, Kind
from tweeter.local.ports import find_free, is_free
from tweeter.local.processes import Child

_START_SECONDS = 60.0
_GRACE_SECONDS = 5.0
_ACCESS = "aiohttp.access"
"""In lines that only tell of a request."""
_ERRORS: dict[Kind, dict[str, dict[str, Any]]] = {
    Kind.THROTTLE: {
        "dynamodb": {"code": "ProvisionedThroughputExceededException", "status": 400},
        "sqs": {"code": "ThrottlingException", "status": 400},
        "s3": {"code": "SlowDown", "status": 503},
    },
    Kind.CONFLICT: {
        "dynamodb": {
            "code": "TransactionCanceledException",
            "status": 400,
            "fields": {"CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}]},
        },
    },
    Kind.FAILURE: {
        "dynamodb": {"code": "InternalServerError", "status": 500},
        "sqs": {"code": "ServiceUnavailable", "status": 503},
        "s3": {"code": "InternalError", "status": 500},
    },
}
"""What a service answers, by the kind of fault."""


class Microburst:
    """microburst in front of `upstream`, running while it is entered. Safe for threads."""

    def __init__(self, upstream: str, *, on_line: Callable[[str], None]) -> None:
        self.port = find_free()
        self._upstream = upstream
        self._on_line = on_line
        self._faults: dict[int, Fault] = {}
        self._counts: dict[int, int] = {}

    def __enter__(self) -> Self:
        script = Path(sys.executable).with_name("microburst")
        command = [str(script), "--upstream", self._upstream, "--port", str(self.port)]
        self._child = Child("microburst", command, environment={}, on_line=self._take)
        wait_until(lambda: not is_free(self.port), seconds=_START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop(_GRACE_SECONDS)

    def arm(self, faults: Sequence[Fault]) -> None:
        """Have calls fail, each fault at the next occasions for it."""
        if faults:
            rules = self._ask("PATCH", "rules", [_rule(fault) for fault in faults])
            self._faults.update(zip((rule["id"] for rule in rules), faults, strict=True))

    def struck(self) -> list[tuple[Fault, int]]:
        """Return the faults that have struck, each with the number of its blows."""
        counts = {rule["id"]: rule["fired_count"] for rule in self._ask("GET", "rules")}
        self._counts |= {number: count for number, count in counts.items() if count}
        return [(self._faults[number], count) for number, count in self._counts.items()]

    def clear(self) -> None:
        """Have no call fail any more; `struck` still tells of those that did."""
        self.struck()
        self._ask("DELETE", "rules", [])

    def _take(self, line: str) -> None:
        if _ACCESS not in line:
            self._on_line(line)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return ask(self.port, method, f"/_microburst/{path}", body).json


def _rule(fault: Fault) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "service": fault.service,
        "operation": fault.operation,
        "headers": {"user-agent": f"app/{fault.target}"},
        "times": fault.blows,
    }
    match fault.kind:
        case Kind.THROTTLE | Kind.CONFLICT | Kind.FAILURE:
            rule["error"] = _ERRORS[fault.kind][fault.service]
        case Kind.RESET:
            rule["reset"] = True
        case Kind.LOST if fault.service == "s3":
            # Its answer has no body that could be cut; so one is announced that never comes.
            rule["response"] = {"set_headers": {"Content-Length": "64"}}
        case Kind.LOST:
            rule["response"] = {"abort_frac": 0.5}
        case Kind.SLOW | Kind.LATE:
            rule["latency"] = fault.seconds * 1000
        case Kind.TIMEOUT:
            rule["timeout_ms"] = fault.seconds * 1000
    return rule
