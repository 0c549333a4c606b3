"""Runs a Python script that ends when the process that started it is gone, however it went.

`python leash.py SCRIPT [ARGUMENT...]`, with a pipe from that process as standard input. The pipe is
never written to: it closes when its writer ends, by `kill -9` too, and the script then gets the
SIGTERM of an orderly stop. A pipe works on Linux and macOS alike, and needs no second process.
Only the standard library may be imported here: the script's own environment interprets this file.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path

_STDIN = 0
_GRACE_SECONDS = 60


def _end_with_the_starter(main_thread: int) -> None:
    """Wait until the pipe closes, then end this process, by force when SIGTERM does not do it."""
    while os.read(_STDIN, 1024):
        pass
    signal.alarm(_GRACE_SECONDS)
    # To the main thread, because Python runs signal handlers there: another thread that took the
    # signal would not wake it from a blocking call.
    signal.pthread_kill(main_thread, signal.SIGTERM)


def _main() -> None:
    """Run the script as Python itself would, under watch."""
    script = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(script).resolve().parent)
    threading.Thread(
        target=_end_with_the_starter, args=(threading.get_ident(),), name="leash", daemon=True
    ).start()
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _main()
