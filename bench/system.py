"""An embedded AWS for the benchmarks alone, and the environment of every process that uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.capacity import CapacityStandIn
from tweeter.local.ports import find_free
from tweeter.local.processes import LocalRunError
from tweeter.local.stack import EmbeddedAws
from tweeter.stop_signals import StopSignals

ROOT = Path(__file__).resolve().parent.parent
"""The project's directory, with `manage.py` in it."""

_DYNAMODB = "AWS_ENDPOINT_URL_DYNAMODB"
_INTERRUPTED = 130
"""What shells take for "ended by Ctrl-C"."""


def exit_code_of(measure: Callable[[], int]) -> int:
    """Run a benchmark, which returns its exit code, until it is done or Ctrl-C; return that of the
    process. What went wrong is said on standard error."""
    try:
        with StopSignals(lambda: print("Already stopping.")):
            return measure()
    except KeyboardInterrupt:
        print("Stopped.")
        return _INTERRUPTED
    except (LocalRunError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def embedded_aws() -> Iterator[str]:
    """Run an AWS that keeps nothing, with this process set up for it; yield what it consists of.

    The product reads its configuration when it is first imported, so nothing that knows the
    product's settings may be imported before. Another DynamoDB, such as DynamoDB Local, is used
    where `AWS_ENDPOINT_URL_DYNAMODB` names it. LocalRunError when it does not start.
    """
    executable = os.environ.get("TWEETER_MINISTACK", ROOT / ".venv-aws" / "bin" / "ministack")
    with (
        TemporaryDirectory(prefix="tweeter-bench-") as directory,
        EmbeddedAws(
            port=find_free(),
            state_directory=None,
            executable=Path(executable),
            log_file=Path(directory) / "aws.log",
        ) as embedded,
    ):
        _set_environment(embedded.url)
        elsewhere = os.environ.get(_DYNAMODB)
        yield "embedded AWS" + (f", with the DynamoDB at {elsewhere}" if elsewhere else "")


@contextmanager
def limited_capacity() -> Iterator[CapacityStandIn]:
    """Have this process and its children reach DynamoDB through a stand-in for its capacity."""
    upstream = os.environ.get(_DYNAMODB, os.environ["AWS_ENDPOINT_URL"])
    with CapacityStandIn(upstream=upstream) as standin:
        os.environ[_DYNAMODB] = standin.url
        yield standin


def _set_environment(url: str) -> None:
    """Set what the product is configured by, here and in children, and nothing from the shell."""
    for name in list(os.environ):
        if name.startswith(("TWEETER_", "AWS_")) and name != _DYNAMODB:
            del os.environ[name]
    os.environ.update(
        AWS_ENDPOINT_URL=url,
        AWS_EC2_METADATA_DISABLED="true",
        DJANGO_SETTINGS_MODULE="tweeter.settings",
        PYTHONPATH=str(ROOT),
        TWEETER_ENVIRONMENT="local",
        TWEETER_LOG_LEVEL="WARNING",
        # Its own, since a DynamoDB that is not ours may hold other tables.
        TWEETER_NAME_PREFIX=f"tweeter-bench-{os.getpid()}",
    )
