"""What a campaign has sent and seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Failure:
    """Something that an answer got wrong, and the request that shows it."""

    operation: str
    check: str
    message: str
    curl: str
    seed: int

    @property
    def kind(self) -> tuple[str, str, str]:
        """What failures are told apart by."""
        return self.operation, self.check, self.message.partition("\n")[0]


@dataclass
class Tally:
    """The answers of one or several processes, by operation and status, and what failed."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Trouble of the campaign itself."""
    unfailing: int = 0
    """Checks that were made and passed."""

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self.statuses.total()

    def add(self, other: Tally) -> None:
        """Add what another process has seen."""
        self.statuses += other.statuses
        self.failures += other.failures
        self.errors += other.errors
        self.unfailing += other.unfailing

    def has_seen(self, status: int) -> bool:
        """Tell whether anything was answered with this status."""
        return any(seen == status for _, seen in self.statuses)

    def never_successful(self, operations: Iterable[str]) -> list[str]:
        """Return the operations that were never answered with 2xx, whose answers therefore were
        hardly looked at."""
        return [name for name in operations if not self._share(name)[0]]

    def report(self, operations: Sequence[str]) -> str:
        """Return what there is to say, for people."""
        by_status: Counter[int] = Counter()
        for (_, status), count in self.statuses.items():
            by_status[status] += count
        seen = ", ".join(f"{status}: {count}" for status, count in sorted(by_status.items()))
        lines = [f"{self.requests} requests, {self.unfailing} checks passed", seen, ""]
        for name in sorted(operations):
            good, total = self._share(name)
            lines.append(f"{name:<42}{total:>7} requests, {good / max(1, total):>4.0%} with 2xx")
        kinds: dict[tuple[str, str, str], list[Failure]] = {}
        for failure in self.failures:
            kinds.setdefault(failure.kind, []).append(failure)
        for (operation, check, _), alike in kinds.items():
            first = alike[0]
            lines += ["", f"FAILED {len(alike)} times: {operation}, {check} (seed {first.seed})"]
            lines += [first.message, first.curl]
        lines += [f"ERROR {error}" for error in self.errors]
        lines += [f"NEVER 2xx: {name}" for name in self.never_successful(operations)]
        return "\n".join(lines)

    def _share(self, operation: str) -> tuple[int, int]:
        counts = {status: n for (name, status), n in self.statuses.items() if name == operation}
        good = sum(count for status, count in counts.items() if 200 <= status < 300)
        return good, sum(counts.values())
