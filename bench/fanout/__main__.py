"""`python -m bench.fanout`: measures, prints and plots, until it is done or Ctrl-C."""

from __future__ import annotations

import os
import sys

from bench.capacity import CapacityStandIn
from bench.fanout.options import parse
from bench.system import embedded_aws
from tweeter.local.processes import LocalRunError
from tweeter.local.stop_signals import StopSignals

_INTERRUPTED = 130
"""What shells take for "ended by Ctrl-C"."""
_DYNAMODB = "AWS_ENDPOINT_URL_DYNAMODB"


def main() -> int:
    """Run the chosen cases; return the exit code."""
    options = parse(sys.argv[1:])
    try:
        with StopSignals(lambda: print("Already stopping.")), embedded_aws():
            upstream = os.environ.get(_DYNAMODB, os.environ["AWS_ENDPOINT_URL"])
            with CapacityStandIn(upstream=upstream) as standin:
                os.environ[_DYNAMODB] = standin.url
                # Only now: the product reads its configuration when it is imported.
                from bench.fanout.suite import run  # noqa: PLC0415

                run(options, standin)
    except KeyboardInterrupt:
        print("Stopped.")
        return _INTERRUPTED
    except (LocalRunError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
