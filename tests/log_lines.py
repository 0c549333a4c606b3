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
    config = logging_config(on_lambda=True, level="INFO")
    formatter = logging.config.DictConfigurator(config).configure_formatter(
        config["formatters"]["line"]
    )
    recorder = _Recorder()
    recorder.setFormatter(formatter)
    recorder.addFilter(BoundFields())
    root = logging.getLogger()
    level_before = root.level
    root.addHandler(recorder)
    root.setLevel(level)
    try:
        yield recorder.lines
    finally:
        root.setLevel(level_before)
        root.removeHandler(recorder)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))
