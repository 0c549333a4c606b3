"""The pipeline as processes, with everything that makes it fail in between.

    clients -> API processes -.-> microburst -> capacity stand-in -> DynamoDB --.
               workers -------'-> microburst -----------------------> SQS, S3 ---'- embedded AWS

microburst makes calls fail as it is told, the stand-in refuses what does not fit into a table's
capacity, and the processes kill themselves (`doomed.py`). The campaign itself, and its checker,
talk to the embedded AWS directly.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from bench.capacity import CapacityStandIn
from bench.people import wait_until
from tests.chaos.faults import APIS, KILLED, LONGEST_DELAY, WORKERS, Fault
from tests.chaos.microburst import Microburst
from tweeter.local.environment import child_environment
from tweeter.local.ports import LOOPBACK, find_free, is_free
from tweeter.local.processes import Child

_DOOMED = Path(__file__).with_name("doomed.py")
_GRACE_SECONDS = 40.0
_START_SECONDS = 60.0


class System:
    """API and workers, running while it is entered; what they say is in `log`.

    `longest_delay`, in seconds, shortens the delays of messages.
    """

    def __init__(self, *, seed: int, directory: Path, upstream: str, longest_delay: int) -> None:
        self.ports = [find_free() for _ in APIS]
        self.deaths: list[Mapping[str, Any]] = []
        self.log = directory / "processes.log"
        self._seed = seed
        self._upstream = upstream
        self._longest_delay = longest_delay
        self._armed = directory / "armed"
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        with ExitStack() as parts:
            self._out = parts.enter_context(self.log.open("w", encoding="utf-8"))
            self.standin = parts.enter_context(
                CapacityStandIn(upstream=self._upstream, cut_seed=self._seed)
            )
            self._before_dynamodb, self._before_others = (
                parts.enter_context(Microburst(upstream, on_line=self._take("microburst")))
                for upstream in (self.standin.url, self._upstream)
            )
            parts.callback(self._armed.unlink, missing_ok=True)
            for name in WORKERS:
                self._start(parts, name, "work", "--feed-concurrency", "3")
            for name, port in zip(APIS, self.ports, strict=True):
                self._start(parts, name, "serve", "--port", str(port))
            for port in self.ports:
                wait_until(lambda: not is_free(port), seconds=_START_SECONDS)  # noqa: B023
            self._parts = parts.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.close()

    def arm(self) -> None:
        """Let processes die from now on."""
        self._armed.touch()

    def fail(self, faults: Sequence[Fault]) -> None:
        """Have calls fail from now on."""
        self._before_dynamodb.arm([fault for fault in faults if fault.service == "dynamodb"])
        self._before_others.arm([fault for fault in faults if fault.service != "dynamodb"])

    def failed(self) -> list[tuple[Fault, int]]:
        """Return the faults that have struck at calls, each with the number of its blows."""
        return self._before_dynamodb.struck() + self._before_others.struck()

    def heal(self) -> None:
        """Let nothing fail any more."""
        self._armed.unlink()
        self._before_dynamodb.clear()
        self._before_others.clear()

    def _start(self, parts: ExitStack, name: str, *command: str) -> None:
        child = Child(
            name,
            [str(_DOOMED), name, str(self._seed), str(self._armed), *command],
            environment=self._environment(name),
            on_line=self._take(name),
        )
        parts.callback(child.stop, _GRACE_SECONDS)

    def _environment(self, name: str) -> dict[str, str]:
        """Return what a process is configured by; microburst knows it by its name."""
        environment = child_environment(self._before_others.port)
        environment |= {
            LONGEST_DELAY: str(self._longest_delay),
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://{LOOPBACK}:{self._before_dynamodb.port}",
            "AWS_SDK_UA_APP_ID": name,
        }
        return environment

    def _take(self, name: str) -> Callable[[str], None]:
        def take(line: str) -> None:
            with self._lock:
                if line.startswith(KILLED):
                    self.deaths.append(json.loads(line.removeprefix(KILLED)))
                if line:
                    self._out.write(f"{time.time():.3f} {name} {line}\n")
                    self._out.flush()

        return take
