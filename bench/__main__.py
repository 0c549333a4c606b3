"""`python -m bench`: measures and prints, until it is done or Ctrl-C."""

from __future__ import annotations

import sys

from bench.options import parse
from bench.system import embedded_aws, exit_code_of


def main() -> int:
    """Run the chosen sections; return the exit code."""
    options = parse(sys.argv[1:])
    with embedded_aws() as aws:
        # Only now: the product reads its configuration when it is imported.
        from bench.suite import run  # noqa: PLC0415

        print(f"On this machine, by an {aws}.", flush=True)
        run(options)
    return 0


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
