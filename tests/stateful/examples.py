"""How many examples hypothesis tries: few, and the same ones each time, unless more are asked for.

`make stateful` sets STATEFUL_TIMES to try that many times as many, and others each time. What fails
is printed with a decorator that brings it back, and kept in .hypothesis for the next such run.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_TIMES = int(os.environ.get("STATEFUL_TIMES", "1"))


def examples(usual: int, *, steps: int = 50) -> settings:
    """Return the settings of a test that tries `usual` examples in an ordinary run; those of a
    state machine have `steps` at most."""
    return settings(
        max_examples=usual * _TIMES,
        derandomize=_TIMES == 1,
        deadline=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        stateful_step_count=steps,
    )
