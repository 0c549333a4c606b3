"""A deployment on this machine: the function in an embedded Lambda, behind an embedded gateway."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from tweeter.local.environment import child_environment
from tweeter.local.processes import Child, LocalRunError
from tweeter.local.stack import DATA_SERVICES, EmbeddedAws

STAGE = "local"
_ZAPPA = str(Path(sys.executable).with_name("zappa"))
_GRACE_SECONDS = 10.0
_SERVICES = (
    *DATA_SERVICES,
    "apigateway",
    "cloudformation",
    "cloudwatch",
    "events",
    "iam",
    "lambda",
    "logs",
    "sns",
    "ssm",
    "sts",
    "tagging",
)
_HOST = "amazonaws.com.localhost"
"""Under which browsers and curl find the embedded gateway, since names that end so are this
machine's (RFC 6761), and by which Zappa knows that addresses begin with the stage."""
_UNPACKED = "ministack-lambda-*"
_API_ID = re.compile(r"https://([0-9a-z]+)\.execute-api\.")


class DeployedSystem:
    """Tweeter as Zappa deploys it, in an embedded AWS that forgets everything when it stops.

    Usable as a context manager, which starts and stops that AWS. In `folder` it logs, and unpacks
    the function, once for each environment. `say` is told every line of what the commands print.
    """

    def __init__(self, *, root: Path, port: int, folder: Path, say: Callable[[str], None]) -> None:
        self._root = root
        self._folder = folder
        self._port = port
        self._say = say
        self._aws = EmbeddedAws(
            port=port,
            state_directory=None,
            executable=root / ".venv-aws" / "bin" / "ministack",
            log_file=folder / "aws.log",
            services=_SERVICES,
            host=_HOST,
        )
        self.environment = child_environment(port)
        """What a command must be run with to see this AWS."""

    def __enter__(self) -> Self:
        self._aws.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._aws.stop()
        for unpacked in self._folder.glob(_UNPACKED):  # 60 MB for each environment, left behind
            shutil.rmtree(unpacked, ignore_errors=True)

    def wait(self) -> int:
        """Wait until the embedded AWS has ended, and return its exit code."""
        return self._aws.wait()

    def manage(self, *arguments: str) -> str:
        """Run a management command here, and return what it printed; LocalRunError if it fails."""
        return self._run("manage.py", [str(self._root / "manage.py"), *arguments])

    def zappa(self, command: str, *arguments: str) -> str:
        """Run a command of Zappa for the stage, and return what it printed; LocalRunError."""
        return self._run(f"zappa {command}", [_ZAPPA, command, STAGE, *arguments])

    def deploy(self) -> str:
        """Provision and deploy, and return the address of the API, without a slash at its end."""
        self.manage("provision", "--function")
        found = _API_ID.search(self.zappa("deploy"))
        if found is None:
            raise LocalRunError("Zappa deployed, but did not say where.")
        self._pass_binary_bodies_on(found[1])
        return f"http://{found[1]}.execute-api.{_HOST}:{self._port}/{STAGE}"

    def _pass_binary_bodies_on(self, api_id: str) -> None:
        """Repeat a setting of Zappa's that the embedded gateway does not understand: it reads no
        JSON pointers, by which the real one takes single entries of a list (RFC 6901)."""
        gateway = boto3.client(
            "apigateway",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=self.environment["AWS_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(parameter_validation=False),  # a value that is no string
        )
        whole: Any = [{"op": "replace", "path": "/binaryMediaTypes", "value": ["*/*"]}]
        gateway.update_rest_api(restApiId=api_id, patchOperations=whole)

    def _run(self, name: str, command: list[str]) -> str:
        lines: list[str] = []

        def note(line: str) -> None:
            lines.append(line)
            self._say(line)

        child = Child(name, command, environment=self.environment, on_line=note)
        try:
            code = child.wait()
        finally:  # also when it was Ctrl-C that ended the waiting
            child.stop(_GRACE_SECONDS)
        if code:
            raise LocalRunError(f"{name} failed with code {code}:\n{child.tail()}")
        return "\n".join(lines)
