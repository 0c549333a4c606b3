"""`python -m bench.removal [FOLLOWERS]`: measures and prints, until it is done or Ctrl-C."""

from __future__ import annotations

import argparse
import sys

from bench.system import embedded_aws, exit_code_of, limited_capacity


def main() -> int:
    """Measure one removal; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.removal", description=__doc__)
    parser.add_argument("followers", type=int, nargs="?", default=10_000, help="%(default)s")
    followers: int = parser.parse_args().followers
    with embedded_aws(), limited_capacity() as standin:
        # Only now: the product reads its configuration when it is imported.
        from bench.removal.measure import measure  # noqa: PLC0415

        measure(standin, followers)
    return 0


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
