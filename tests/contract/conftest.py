"""The contract suite runs twice: on the AWS in this process, and on one over HTTP.

The one over HTTP is the embedded AWS of `make run`. To put another DynamoDB under it, such as
DynamoDB Local, name its address in `AWS_ENDPOINT_URL_DYNAMODB`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.emptying import empty
from tests.provisioned_aws import provisioned_aws
from tests.settings import BASE_DIR, CONTRACT_ENDPOINT
from tweeter import wiring
from tweeter.local.ports import find_free
from tweeter.local.stack import EmbeddedAws
from tweeter.provisioning import provision, teardown


def executable() -> Path:
    """Return where the embedded AWS is installed."""
    return Path(os.environ.get("TWEETER_MINISTACK", BASE_DIR / ".venv-aws" / "bin" / "ministack"))


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded AWS that keeps nothing."""
    log_file = tmp_path_factory.mktemp("aws") / "aws.log"
    with EmbeddedAws(
        port=find_free(), state_directory=None, executable=executable(), log_file=log_file
    ) as embedded:
        yield embedded.url


@pytest.fixture(scope="session")
def provisioned_over_http(embedded_aws: str) -> Iterator[dict[str, str]]:
    """The variables of an AWS over HTTP with everything that `provision` makes, for all tests:
    provisioning takes longer than most of them."""
    variables = {"AWS_ENDPOINT_URL": embedded_aws}
    if CONTRACT_ENDPOINT:
        variables["AWS_ENDPOINT_URL_DYNAMODB"] = CONTRACT_ENDPOINT
    with _using(variables):
        provision(lambda line: None)
    yield variables
    with _using(variables):
        teardown(lambda line: None)


@pytest.fixture
def aws_over_http(provisioned_over_http: dict[str, str]) -> Iterator[None]:
    """An AWS over HTTP, provisioned and empty, for as long as the test runs."""
    with _using(provisioned_over_http):
        empty()
        yield


@contextmanager
def _using(variables: dict[str, str]) -> Iterator[None]:
    """Have all clients talk to the AWS that the variables name."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        wiring.forget()
        yield
    wiring.forget()


@pytest.fixture
def aws_in_process() -> Iterator[None]:
    """An AWS in this process, provisioned and empty."""
    with provisioned_aws():
        yield


@pytest.fixture(params=["in process", "over HTTP"])
def aws(request: pytest.FixtureRequest) -> None:
    """Each kind of AWS in turn."""
    kind = "aws_in_process" if request.param == "in process" else "aws_over_http"
    request.getfixturevalue(kind)
