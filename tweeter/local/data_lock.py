"""One run at a time on one directory of local data."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from tweeter.local.processes import LocalRunError


class DataLock:
    """Holds a directory (made when missing) for this process and those that inherit the lock.

    The kernel lets go of it when the last of them has ended, however it ended, so there is nothing
    stale to clean up. The embedded AWS inherits it: it may still be saving when its supervisor was
    killed, and a second one must not load the data before that.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock, or raise LocalRunError that names the process which has it."""
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(descriptor, 100).decode(errors="replace").strip()
            os.close(descriptor)
            message = (
                f"Tweeter is already running on the data in {self._directory}, or is still "
                f"stopping (process {owner or 'unknown'}). Stop it first with Ctrl-C there."
            )
            raise LocalRunError(message) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def fileno(self) -> int:
        """Return the descriptor that a child keeps open to hold the lock as well."""
        return self._descriptor
