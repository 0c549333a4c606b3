"""`python -m bench.removal [FOLLOWERS]`: measures and prints, until it is done or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys

from bench.capacity import CapacityStandIn
from bench.system import embedded_aws
from tweeter.local.processes import LocalRunError
from tweeter.local.stop_signals import StopSignals

_INTERRUPTED = 130
"""What shells take for "ended by Ctrl-C"."""
_DYNAMODB = "AWS_ENDPOINT_URL_DYNAMODB"


def main() -> int:
    """Measure one removal; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.removal", description=__doc__)
    parser.add_argument("followers", type=int, nargs="?", default=10_000, help="%(default)s")
    followers: int = parser.parse_args().followers
    try:
        with StopSignals(lambda: print("Already stopping.")), embedded_aws():
            upstream = os.environ.get(_DYNAMODB, os.environ["AWS_ENDPOINT_URL"])
            with CapacityStandIn(upstream=upstream) as standin:
                os.environ[_DYNAMODB] = standin.url
                # Only now: the product reads its configuration when it is imported.
                from bench.removal.measure import measure  # noqa: PLC0415

                measure(standin, followers)
    except KeyboardInterrupt:
        print("Stopped.")
        return _INTERRUPTED
    except (LocalRunError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
