"""The contract suite runs twice: on the AWS in this process, and on one over HTTP.

The one over HTTP is the embedded AWS of `make run`. To put another DynamoDB under it, such as
DynamoDB Local, name its address in `AWS_ENDPOINT_URL_DYNAMODB`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provisioned_aws import provisioned_aws
from tests.settings import BASE_DIR, CONTRACT_ENDPOINT
from tweeter import aws as aws_clients
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


@pytest.fixture
def aws_over_http(embedded_aws: str) -> Iterator[None]:
    """An AWS over HTTP, provisioned and empty, for as long as the test runs."""
    os.environ["AWS_ENDPOINT_URL"] = embedded_aws
    if CONTRACT_ENDPOINT:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = CONTRACT_ENDPOINT
    aws_clients.forget_clients()
    wiring.forget()
    provision(lambda line: None)
    try:
        yield
    finally:
        teardown(lambda line: None)
        aws_clients.forget_clients()
        wiring.forget()
        os.environ.pop("AWS_ENDPOINT_URL", None)
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)


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
