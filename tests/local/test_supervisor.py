"""`manage.py run` starts the parts in order, watches them, and stops them all."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, load_command_class

from tweeter.local.ports import LOOPBACK, find_free, is_free
from tweeter.local.processes import LocalRunError
from tweeter.local.supervisor import LocalSystem, Supervisor

SERVER = """
import http.server, signal, sys

class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *parts):
        pass

signal.signal(signal.SIGTERM, lambda *rest: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", PORT), Yes).serve_forever()
"""
AWS_STANDIN = "import os\nPORT = int(os.environ['GATEWAY_PORT'])" + SERVER
MANAGE = f"""
import signal, sys
if sys.argv[1] == "provision":
    print("never shown")
elif sys.argv[1] == "seed":
    print("sign in as ada")
elif sys.argv[1] == "serve":
    PORT = int(sys.argv[3])
    exec({SERVER!r})
elif sys.argv[1] == "work":
    print("ready to work", flush=True)
    signal.pause()
"""


@pytest.fixture
def system(tmp_path: Path) -> LocalSystem:
    """Return a project whose every part is a small stand-in."""
    (tmp_path / "python").symlink_to(sys.executable)
    (tmp_path / "ministack").write_text(AWS_STANDIN, encoding="utf-8")
    (tmp_path / "manage.py").write_text(MANAGE, encoding="utf-8")
    return LocalSystem(
        root=tmp_path,
        data=tmp_path / ".local",
        aws_executable=tmp_path / "ministack",
        port=find_free(),
        aws_port=find_free(),
    )


def with_command(system: LocalSystem, command: str, code: str) -> None:
    """Have one management command run other code."""
    lines = f"import sys\nif sys.argv[1] == {command!r}:\n    {code}\n"
    (system.root / "manage.py").write_text(lines + MANAGE, encoding="utf-8")


class Terminal:
    """What the developer sees; `when(text)` does something as soon as a text appears."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._reactions: dict[str, Callable[[], object]] = {}

    def when(self, text: str, reaction: Callable[[], object]) -> None:
        """Do something once, when the text appears."""
        self._reactions[text] = reaction

    def say(self, line: str) -> None:
        """Show a line."""
        self.lines.append(line)
        for text in list(self._reactions):
            if text in line:
                self._reactions.pop(text)()

    @property
    def text(self) -> str:
        """Everything shown so far."""
        return "\n".join(self.lines)


def interrupt(number: signal.Signals) -> Callable[[], None]:
    """Return what a key press or `kill` does to this process."""
    return lambda: signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_the_embedded_aws_last(
    system: LocalSystem, number: signal.Signals
) -> None:
    terminal = Terminal()
    terminal.when("Tweeter is running", interrupt(number))
    Supervisor(system, terminal.say).run()
    order = ["Stopping the api", "Stopping the workers", "Stopping the embedded AWS", "is kept"]
    positions = [terminal.text.index(text) for text in order]
    assert positions == sorted(positions)
    assert is_free(system.port)
    assert is_free(system.aws_port)


def test_the_banner_tells_where_the_api_is_and_how_to_sign_in(system: LocalSystem) -> None:
    terminal = Terminal()
    terminal.when("Tweeter is running", interrupt(signal.SIGINT))
    Supervisor(system, terminal.say).run()
    assert f"http://{LOOPBACK}:{system.port}/docs/" in terminal.text
    assert "sign in as ada" in terminal.text
    assert "never shown" not in terminal.text


def test_a_second_signal_does_not_disturb_the_stop(system: LocalSystem) -> None:
    terminal = Terminal()
    terminal.when("Tweeter is running", interrupt(signal.SIGINT))
    terminal.when("Stopping the api", interrupt(signal.SIGINT))
    Supervisor(system, terminal.say).run()
    assert "Already stopping" in terminal.text
    assert "The data is kept" in terminal.text


def test_a_signal_during_the_start_stops_what_was_started(system: LocalSystem) -> None:
    terminal = Terminal()
    with_command(system, "seed", "import time; time.sleep(60)")
    terminal.when("Filling in the demo", interrupt(signal.SIGINT))
    Supervisor(system, terminal.say).run()
    assert "The data is kept" in terminal.text
    assert is_free(system.aws_port)


def test_a_part_that_ends_is_named_and_the_rest_is_stopped(system: LocalSystem) -> None:
    terminal = Terminal()
    with_command(system, "work", "print('out of ink'); sys.exit(3)")
    with pytest.raises(LocalRunError, match=r"workers ended(?s:.*)code 3(?s:.*)out of ink"):
        Supervisor(system, terminal.say).run()
    assert is_free(system.port)
    assert is_free(system.aws_port)


def test_a_set_up_that_fails_starts_nothing_more(system: LocalSystem) -> None:
    terminal = Terminal()
    with_command(system, "provision", "sys.exit(2)")
    with pytest.raises(LocalRunError, match=r"manage\.py provision` failed with code 2"):
        Supervisor(system, terminal.say).run()
    assert "Filling in" not in terminal.text
    assert is_free(system.aws_port)


def test_a_demo_that_can_not_be_made_keeps_nothing_from_starting(system: LocalSystem) -> None:
    terminal = Terminal()
    with_command(system, "seed", "sys.exit(1)")
    terminal.when("Tweeter is running", interrupt(signal.SIGINT))
    Supervisor(system, terminal.say).run()
    assert "`manage.py seed` failed with code 1" in terminal.text
    assert "Tweeter is running" in terminal.text


@pytest.mark.parametrize(("taken", "variable"), [("port", "PORT"), ("aws_port", "AWS_PORT")])
def test_a_taken_port_is_named_before_anything_starts(
    system: LocalSystem, taken: str, variable: str
) -> None:
    terminal = Terminal()
    with socket.socket() as other:
        other.bind((LOOPBACK, getattr(system, taken)))
        other.listen()
        with pytest.raises(LocalRunError, match=f"in use(?s:.*) {variable}="):
            Supervisor(system, terminal.say).run()
    assert terminal.lines == []


def test_instead_of_a_taken_port_one_is_proposed_that_can_be_had(system: LocalSystem) -> None:
    high = next(port for port in range(65_535, 65_525, -1) if is_free(port))
    with socket.socket() as other:
        other.bind((LOOPBACK, high))
        other.listen()
        with pytest.raises(LocalRunError) as raised:
            Supervisor(replace(system, port=high), Terminal().say).run()
    _, _, proposed = str(raised.value).partition("make run PORT=")
    assert is_free(int(proposed))


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("run", "--port"),
        ("run", "--aws-port"),
        ("serve", "--port"),
        ("deploy_local", "--aws-port"),
    ],
)
@pytest.mark.parametrize("port", ["0", "65536", "80000", "-1", "http"])
def test_what_is_no_port_is_refused(command: str, option: str, port: str) -> None:
    parser = load_command_class("tweeter", command).create_parser("manage.py", command)
    with pytest.raises(CommandError, match=f"{option}: {port} is not a port"):
        parser.parse_args([f"{option}={port}"])
