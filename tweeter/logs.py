"""What log lines look like, and what they say of the request that they are about.

A request has an id from the moment it comes in. It goes with the messages that the request puts on
a queue, so that one search finds what all parts of the system did for it.
"""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import MappingProxyType
from typing import Any

_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{1,64}")

_bound: ContextVar[Mapping[str, str | None]] = ContextVar("bound", default=MappingProxyType({}))


def request_id() -> str | None:
    """Return the id of the request that is being worked on, None where there is none."""
    return _bound.get().get("request_id")


def as_request_id(value: object) -> str | None:
    """Return what came from outside if it can be a request's id (1 to 64 letters, digits and
    hyphens, as API Gateway's and a UUID are), else None."""
    return value if isinstance(value, str) and _REQUEST_ID.fullmatch(value) else None


@contextmanager
def bound(**fields: str | None) -> Iterator[None]:
    """Put fields on each line that is logged within, by this thread; None takes one off.

    `request_id` is the request; `function_request_id` the invocation of the Lambda function, by
    which AWS's own lines go.
    """
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def bind(**fields: str | None) -> None:
    """Put fields on each line from here to the end of the innermost `bound`."""
    _bound.set({**_bound.get(), **fields})


class BoundFields(logging.Filter):
    """Puts the bound fields on each record; lets all of them pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields, and remove Django's request: it would be written with its query, in
        which clients put, by mistake, what belongs in no log."""
        record.__dict__.pop("request", None)
        for name, value in _bound.get().items():
            setattr(record, name, value)
        return True


class LineFormatter(logging.Formatter):
    """Formats a line for people, with the request id at its end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line without a traceback, which `logging` adds."""
        line = super().formatMessage(record)
        of_request = getattr(record, "request_id", None)
        return f"{line} [{of_request}]" if of_request else line


_JSON_LINE: dict[str, Any] = {
    # By its name, so that it is imported, which takes 36 ms of CPU, on Lambda only.
    "()": "aws_lambda_powertools.logging.formatter.LambdaPowertoolsFormatter",
    "name": "%(name)s",
    "use_rfc3339": True,
    "utc": True,
    "serialize_stacktrace": False,  # `exception` holds the same as text
}
_LINE_FOR_PEOPLE: dict[str, Any] = {
    "()": LineFormatter,
    "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
}


@cache  # once a process: a second time would take away the handlers that a test has added
def configure(*, on_lambda: bool, level: str) -> None:
    """Have all lines of `level` and above written, as `logging_config` says; idempotent.

    Any handler that the root logger has goes, that of Lambda's runtime among them, which would
    write each line a second time.
    """
    logging.config.dictConfig(logging_config(on_lambda=on_lambda, level=level))


def logging_config(*, on_lambda: bool, level: str) -> dict[str, Any]:
    """Return the configuration for `logging.config`: JSON for CloudWatch on Lambda, one object a
    line, and elsewhere lines for people."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"bound": {"()": BoundFields}},
        # A copy, since `logging.config` takes it apart.
        "formatters": {"line": dict(_JSON_LINE if on_lambda else _LINE_FOR_PEOPLE)},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout" if on_lambda else "ext://sys.stderr",
                "formatter": "line",
                "filters": ["bound"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "botocore": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},  # a client's mistake is no event of ours
            "pynamodb": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            # Zappa writes an access log of its own at INFO, and at DEBUG whole events, with the
            # tokens in them. Its handler's logger has had a level since it was imported.
            "zappa": {"level": "WARNING"},
            "zappa.handler": {"level": "WARNING"},
        },
    }
