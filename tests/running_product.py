"""The product as `make run` starts it. Takes nothing but Python, as the tests in a browser do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0


@contextmanager
def running_product(
    port: int, aws_port: int, data: Path, *, python: str = sys.executable
) -> Iterator[str]:
    """Run `manage.py run` until the block ends, then press Ctrl-C; give what it says at start."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TWEETER_", "DJANGO_"))}
    options = [f"--port={port}", f"--aws-port={aws_port}", f"--data={data}"]
    process = subprocess.Popen(
        [python, str(ROOT / "manage.py"), "run", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C stops it" in line:
                ready.set()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        ready.wait(PATIENCE_SECONDS)
        assert process.poll() is None, "".join(said)
        yield "".join(said)
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE_SECONDS)
        listener.join()
        assert process.stdout is not None
        process.stdout.close()
    assert code == 0, "".join(said)
