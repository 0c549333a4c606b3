"""`python -m bench.away`: measures and prints, until it is done or Ctrl-C."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from bench.away.relay import Relay
from bench.system import embedded_aws, exit_code_of

SERVICES = {"DynamoDB": "DYNAMODB", "SQS": "SQS", "S3": "S3"}


def main() -> int:
    """Measure; return the exit code: 1 where an answer was not as promised."""
    with embedded_aws(), ExitStack() as stack:
        relays = {}
        for name, variable in SERVICES.items():
            relays[name] = stack.enter_context(Relay(os.environ["AWS_ENDPOINT_URL"]))
            os.environ[f"AWS_ENDPOINT_URL_{variable}"] = relays[name].url
        # Only now: the product reads its configuration when it is imported.
        from bench.away.suite import run  # noqa: PLC0415

        return 0 if run(relays) else 1


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
