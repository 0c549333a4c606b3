"""`python -m bench.fanout`: measures, prints and plots, until it is done or Ctrl-C."""

from __future__ import annotations

import sys

from bench.fanout.options import parse
from bench.system import embedded_aws, exit_code_of, limited_capacity


def main() -> int:
    """Run the chosen cases; return the exit code."""
    options = parse(sys.argv[1:])
    with embedded_aws(), limited_capacity() as standin:
        # Only now: the product reads its configuration when it is imported.
        from bench.fanout.suite import run  # noqa: PLC0415

        run(options, standin)
    return 0


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
