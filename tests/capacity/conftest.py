"""A stand-in on simulated time, in front of an emulator of this run's own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from bench.capacity import CapacityStandIn
from tweeter.local.ports import find_free
from tweeter.local.stack import EmbeddedAws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SESSION = boto3.session.Session("local", "local", region_name="us-east-1")  # is dear to make
_INSTALLED = Path(__file__).parents[2] / ".venv-aws" / "bin" / "ministack"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def client_of(url: str) -> Iterator[DynamoDBClient]:
    """A client that tries nothing again."""
    config = Config(retries={"total_max_attempts": 1})
    client: DynamoDBClient = _SESSION.client("dynamodb", endpoint_url=url, config=config)
    yield client
    client.close()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    executable = Path(os.environ.get("TWEETER_MINISTACK", _INSTALLED))
    log_file = tmp_path_factory.mktemp("emulator") / "log"
    aws = EmbeddedAws(
        port=find_free(), state_directory=None, executable=executable, log_file=log_file
    )
    with aws:
        yield aws.url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standin(emulator: str, clock: Clock) -> Iterator[CapacityStandIn]:
    """One whose tables give exactly their rates."""
    with CapacityStandIn(upstream=emulator, saving=False, clock=clock) as standin:
        yield standin


@pytest.fixture
def direct(emulator: str) -> Iterator[DynamoDBClient]:
    """A client of the emulator itself."""
    with client_of(emulator) as client:
        yield client


@pytest.fixture
def client(standin: CapacityStandIn) -> Iterator[DynamoDBClient]:
    """A client of the stand-in, that tries nothing again."""
    with client_of(standin.url) as client:
        yield client


class Tables:
    """Makes tables of their own for a test: partition key `p`, sort key `s`."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client

    def make(self, *, read: int = 100, write: int = 10, **more: Any) -> str:
        """Make a table and return its name; `more` goes to CreateTable."""
        name = f"table-{uuid.uuid4()}"
        arguments: dict[str, Any] = {
            "TableName": name,
            "KeySchema": [
                {"AttributeName": "p", "KeyType": "HASH"},
                {"AttributeName": "s", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": "p", "AttributeType": "S"},
                {"AttributeName": "s", "AttributeType": "N"},
            ],
            "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write},
        }
        if more.get("BillingMode") == "PAY_PER_REQUEST":
            del arguments["ProvisionedThroughput"]
        self._client.create_table(**(arguments | more))
        return name


@pytest.fixture
def tables(client: DynamoDBClient) -> Tables:
    return Tables(client)
