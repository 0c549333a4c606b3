"""A typed client, generated from the schema, and what can be done with it over HTTP."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.management import call_command
from mypy import api as mypy
from PIL import Image

from tests.lists import assert_whole
from tests.world import World
from tweeter.config import get_config
from tweeter.local.ports import LOOPBACK
from tweeter.wsgi import application

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program.py")


@dataclass(frozen=True)
class Generated:
    """What the generator made, and said."""

    folder: Path
    said: str


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """A client, made as README.md tells."""
    folder = tmp_path_factory.mktemp("client")
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", folder / "schema.yaml")
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [
            tools / "openapi-python-client",
            "generate",
            f"--path={folder / 'schema.yaml'}",
            f"--config={ROOT / 'docs' / 'openapi-python-client.yaml'}",
            "--fail-on-warning",
        ],
        cwd=folder,
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return Generated(folder / "tweeter-client", said)


@pytest.fixture(scope="module")
def program(generated: Generated) -> Iterator[Any]:
    """The program that is written with the client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(generated.folder)
        yield importlib.import_module("tests.client.program")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Leave the terminal to the tests."""


@pytest.fixture
def address(aws: None) -> Iterator[str]:
    """Where the API answers over HTTP, one request at a time, as moto needs it."""
    with make_server(LOOPBACK, 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    return content.getvalue()


def test_the_generator_has_nothing_to_complain_of(generated: Generated) -> None:
    assert generated.said == f"Generating {generated.folder}\n"


def test_the_client_and_a_program_that_uses_it_pass_a_strict_type_check(
    generated: Generated, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("mypy-of-client")  # of the libraries, which takes the time
    monkeypatch.setenv("MYPYPATH", str(generated.folder))
    package = str(generated.folder / "tweeter_client")
    options = ["--strict", "--config-file=", f"--cache-dir={kept}"]
    said, complaints, status = mypy.run([*options, package, str(PROGRAM)])
    assert (complaints, status) == ("", 0), said


def test_the_program_uses_every_operation(generated: Generated) -> None:
    api = generated.folder / "tweeter_client" / "api"
    operations = {module.stem for module in api.glob("*/[a-z]*.py")}
    used = re.findall(r"\b(\w+)\.sync_detailed\(", PROGRAM.read_text("utf-8"))
    assert_whole(used, operations, "tests/client/program.py, a call of each operation")


def test_the_main_story_is_told_with_it(program: Any, address: str, picture: bytes) -> None:
    program.tell_the_story(address, picture, World().deliver)


def test_lists_are_walked_with_it(program: Any, address: str) -> None:
    program.walk_the_lists(address)


def test_an_account_is_changed_exported_and_deleted_with_it(
    program: Any, address: str, picture: bytes
) -> None:
    program.change_export_and_delete(address, picture)


def test_errors_come_as_objects_with_their_codes(program: Any, address: str) -> None:
    problems = [
        (problem.status, problem.type.value, problem.code, problem.attr)
        for problem in program.meet_errors(address)
    ]
    assert problems == [
        (409, "client_error", "alias_taken", None),
        (409, "client_error", "cannot_follow_self", None),
        (409, "client_error", "idempotency_key_reused", None),
        (400, "validation_error", "blank", "text"),
        (400, "validation_error", "invalid_cursor", "cursor"),
        (403, "client_error", "permission_denied", None),
        (401, "client_error", "authentication_failed", None),
    ]


def test_a_limit_says_when_to_come_back(program: Any, address: str) -> None:
    attempts = get_config().sign_in_attempts
    guesses = [program.guess(address) for _ in range(attempts + 1)]
    codes = [program.problem(each).code for each in guesses]
    assert codes == ["invalid_credentials"] * attempts + ["throttled"]
    assert int(guesses[-1].headers["Retry-After"]) > 0
