"""Ctrl-C and its kin: the first one stops what is under way, later ones do not disturb that."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Turns the first SIGINT, SIGTERM or SIGHUP into KeyboardInterrupt in the main thread.

    From then on, or from `disarm` on, further ones only call `on_repeat`. The former handlers are
    back when the context ends.
    """

    def __init__(self, on_repeat: Callable[[], object]) -> None:
        self._on_repeat = on_repeat
        self._armed = True

    def __enter__(self) -> Self:
        self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def disarm(self) -> None:
        """Let no signal interrupt what follows."""
        self._armed = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            self._armed = False
            raise KeyboardInterrupt
        self._on_repeat()
