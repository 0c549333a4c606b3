"""What Lambda does in a new environment, as a script: `first_request.py EVENT`, in the package.

Prints a JSON object: the CPU seconds of the initialisation and of two requests, and the answer.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


class Context:
    """What Zappa reads of Lambda's context."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "tweeter-local"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:tweeter-local"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation is ended."""
        return 30_000


def main() -> None:
    """Initialise, answer twice, and report."""
    event = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.path[0] = str(Path.cwd())  # the package instead of this script's folder
    moments = [time.process_time()]
    with contextlib.redirect_stdout(sys.stderr):  # Zappa says something too
        handler = importlib.import_module("handler")
        moments.append(time.process_time())
        answers = []
        for _ in range(2):
            answers.append(handler.lambda_handler(event, Context()))
            moments.append(time.process_time())
    sys.stdout.write(json.dumps(_report(moments, answers[0])))


def _report(moments: list[float], answer: dict[str, Any]) -> dict[str, Any]:
    start, initialised, first, second = moments
    return {
        "initialisation": initialised - start,
        "first": first - initialised,
        "second": second - first,
        "status": answer["statusCode"],
        "body": answer["body"],
    }


if __name__ == "__main__":
    main()
