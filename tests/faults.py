"""Faults of AWS, injected at the process's clients: a service that is away, or never answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tweeter import aws
from tweeter.config import get_config

Service = Literal["dynamodb", "sqs", "s3"]
Make = Callable[[], Exception]

FAULTS: dict[str, Make] = {
    "away": lambda: EndpointConnectionError(endpoint_url="http://aws"),
    "silent": lambda: ReadTimeoutError(endpoint_url="http://aws"),
    "throttling": lambda: ClientError({"Error": {"Code": "ThrottlingException"}}, "Any"),
    "without capacity": lambda: ClientError(
        {"Error": {"Code": "ProvisionedThroughputExceededException"}}, "Any"
    ),
    "failing": lambda: ClientError(
        {"Error": {"Code": "Oops"}, "ResponseMetadata": {"HTTPStatusCode": 500}},  # type: ignore[typeddict-item]
        "Any",
    ),
    "without its tables": lambda: ClientError(
        {"Error": {"Code": "ResourceNotFoundException"}}, "Any"
    ),
}


@contextmanager
def fault(
    service: Service, make: Make, *, operation: str | None = None, table: str | None = None
) -> Iterator[None]:
    """Let every call to a service fail, or those of an operation, or those that ask for a table.

    A call that asks for several tables fails whole. DynamoDB would answer in part, and be asked
    for the rest a few times, with the same end.
    """

    def fail(model: Any, params: Any, **_: object) -> None:
        if operation in {None, model.name} and (table is None or table in tables_of(params)):
            raise make()

    with _handling(service, f"before-call.{service}", fail):
        yield


def tables_of(request: Any) -> set[str]:
    """Return the tables that a call to DynamoDB asks for, by their names without the prefix."""
    body = json.loads(request["body"])
    items = [item for each in body.get("TransactItems", []) for item in each.values()]
    names = {each["TableName"] for each in [body, *items] if "TableName" in each}
    prefix = get_config().table_name("")
    return {name.removeprefix(prefix) for name in names | set(body.get("RequestItems", {}))}


class Silent:
    """A server on the loopback address that takes every connection and never answers: or, where it
    trickles, sends one byte of an answer after the other for 20 seconds."""

    def __init__(self, *, trickling: bool = False) -> None:
        self._trickling = trickling
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self._trickles: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept)
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        for thread in self._trickles:
            thread.join()
        for connection in self._held:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listening.accept()[0]
            except OSError:
                return
            self._held.append(connection)
            if self._trickling:
                thread = threading.Thread(target=self._trickle, args=(connection,))
                self._trickles.append(thread)
                thread.start()

    def _trickle(self, connection: socket.socket) -> None:
        answer = b"HTTP/1.1 200 OK\r\n" + b"x-padding: 0\r\n" * 15
        ends = threading.Event()  # never set: a wait that nobody has to be told of
        try:
            for byte in answer:
                connection.sendall(bytes([byte]))
                ends.wait(20 / len(answer))
        except OSError:
            return  # the client has hung up


@contextmanager
def silence(
    service: Service, operation: str | None = None, *, trickling: bool = False
) -> Iterator[list[str]]:
    """Send the calls to a service, or those of an operation, to a server that never answers in
    full; yield the names of the operations, one for each attempt."""
    attempts: list[str] = []
    with Silent(trickling=trickling) as silent:

        def redirect(request: Any, event_name: str, **_: object) -> None:
            name = event_name.rpartition(".")[2]
            if operation in {None, name}:
                attempts.append(name)
                request.url = (
                    urlsplit(request.url)
                    ._replace(scheme="http", netloc=f"127.0.0.1:{silent.port}")
                    .geturl()
                )

        with _handling(service, f"before-send.{service}", redirect):
            yield attempts


@contextmanager
def answer_lost(service: Service, operation: str) -> Iterator[None]:
    """Let the next call of an operation be done, and its answer be lost on the way."""
    left = [1]

    def lose(model: Any, **_: object) -> None:
        if model.name == operation and left[0]:
            left[0] -= 1
            raise ReadTimeoutError(endpoint_url="http://aws")

    with _handling(service, f"after-call.{service}", lose):
        yield
    assert left == [0], "there was no such call"


@contextmanager
def _handling(service: Service, event: str, handler: Callable[..., None]) -> Iterator[None]:
    # Feeds are written by a client of their own, which tries once.
    clients: list[Any] = [aws.client(service), aws.client(service, attempts=1)]
    for client in clients:
        client.meta.events.register(event, handler)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(event, handler)
