"""What an access to tables is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.data_model.stage import Stage

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Pattern:
    """An access, by one call of a DAO."""

    method: str
    """Class and method of the DAO."""
    purpose: str
    prepare: Callable[[Stage], Act]
    """Makes what the access needs, and returns the access itself."""
