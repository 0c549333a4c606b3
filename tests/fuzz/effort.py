"""How hard the property-based fuzzers try."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_FACTOR = int(os.environ.get("TWEETER_FUZZ_EFFORT", "1"))
"""Set by `make fuzz`; an ordinary run of the tests takes a second or so for each fuzzer."""


def effort(examples: int) -> settings:
    """Return hypothesis' settings for so many examples in an ordinary run.

    Tests that use a world use the same one for all examples: what one example leaves behind must
    not matter to another.
    """
    return settings(
        max_examples=examples * _FACTOR,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
