"""The log as CloudWatch gets it, for tests to look into."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tweeter.logs import BoundFields, logging_config

Line = dict[str, Any]


@contextmanager
def recorded_lines(level: int = logging.INFO) -> Iterator[list[Line]]:
    """Collect every line that is logged within, read back from the JSON that Lambda writes."""
    recorder = _Recorder()
    recorder.setFormatter(line_formatter(on_lambda=True))
    recorder.addFilter(BoundFields())
    with logging_to(recorder, level):
        yield recorder.lines


@contextmanager
def logging_to(handler: logging.Handler, level: int) -> Iterator[None]:
    """Have a handler get all that is logged at a level and above."""
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def line_formatter(*, on_lambda: bool) -> logging.Formatter:
    """Return what writes the lines, for CloudWatch or for people."""
    config = logging_config(on_lambda=on_lambda, level="DEBUG")
    configurator = logging.config.DictConfigurator(config)
    made: logging.Formatter = configurator.configure_formatter(config["formatters"]["line"])
    return made


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))
