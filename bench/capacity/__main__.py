"""`python -m bench.capacity --upstream http://127.0.0.1:4566 --port 4567`: serves until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib

from bench.capacity.server import CapacityStandIn


def main() -> None:
    """Run the stand-in with the options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.capacity", description=__doc__)
    parser.add_argument("--upstream", required=True, help="URL of the emulator")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=4567, help="port to listen at")
    parser.add_argument(
        "--burst", type=float, default=0.0, help="seconds of capacity saved at first, 0 to 300"
    )
    parser.add_argument("--no-saving", action="store_true", help="save nothing of what is not used")
    parser.add_argument("--cut-seed", type=int, help="cut batches at random places")
    options = parser.parse_args()
    with CapacityStandIn(
        upstream=options.upstream,
        host=options.host,
        port=options.port,
        burst=options.burst,
        saving=not options.no_saving,
        cut_seed=options.cut_seed,
    ) as standin:
        print(f"{standin.url} stands in front of {options.upstream}.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            standin.wait()


if __name__ == "__main__":
    main()
