"""`python -m bench`: measures and prints, until it is done or Ctrl-C."""

from __future__ import annotations

import sys

from bench.options import parse
from bench.system import embedded_aws
from tweeter.local.processes import LocalRunError
from tweeter.local.stop_signals import StopSignals

_INTERRUPTED = 130
"""What shells take for "ended by Ctrl-C"."""


def main() -> int:
    """Run the chosen sections; return the exit code."""
    options = parse(sys.argv[1:])
    try:
        with StopSignals(lambda: print("Already stopping.")), embedded_aws() as aws:
            # Only now: the product reads its configuration when it is imported.
            from bench.suite import run  # noqa: PLC0415

            print(f"On this machine, by an {aws}.", flush=True)
            run(options)
    except KeyboardInterrupt:
        print("Stopped.")
        return _INTERRUPTED
    except LocalRunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
