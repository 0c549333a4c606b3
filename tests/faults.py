"""What happens around the calls to AWS, made to happen at the process's clients: a service that is
away, throttles or never answers, an answer that is lost, something done in between."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tweeter import aws
from tweeter.config import get_config

_NOWHERE = "http://nowhere.invalid/"
"""Where the AWS in this process is not: botocore asks all handlers, it too, and takes the first
answer, so that it would carry out what is refused."""
Service = Literal["dynamodb", "sqs", "s3"]
Make = Callable[[], BaseException | None]

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


class Died(BaseException):
    """The process is gone: nothing of it may catch this."""


def died() -> Died:
    """Return the end of the process, as the fault of a call."""
    return Died()


@contextmanager
def fault(
    service: Service, make: Make, *, operation: str | None = None, table: str | None = None
) -> Iterator[None]:
    """Let every call to a service fail, or those of an operation, or those that ask for a table.

    They fail with what `make` returns; with None they are carried out. A call that asks for
    several tables fails whole. DynamoDB would answer in part, and be asked for the rest a few
    times, with the same end.
    """

    def fail(model: Any, params: Any, **_: object) -> None:
        if _is_meant(model, params, operation, table) and (error := make()):
            raise error

    with handling(service, f"before-call.{service}", fail):
        yield


@contextmanager
def just_before(
    service: Service, operation: str, act: Callable[[], object], *, table: str | None = None
) -> Iterator[None]:
    """Do something once, in the moment before the next call of an operation, or before the next
    that asks for a table; AssertionError at the end when there was none."""
    done: list[str] = []

    def interfere(model: Any, params: Any, **_: object) -> None:
        if not done and _is_meant(model, params, operation, table):
            done.append(operation)
            act()

    with handling(service, f"before-call.{service}", interfere):
        yield
    assert done, f"there was no {operation}"


def _is_meant(model: Any, params: Any, operation: str | None, table: str | None) -> bool:
    return operation in {None, model.name} and (table is None or table in tables_of(params))


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

        with handling(service, f"before-send.{service}", redirect):
            yield attempts


@contextmanager
def throttled(operation: str, *, times: int, attempts: int = aws.ATTEMPTS) -> Iterator[list[str]]:
    """Have DynamoDB refuse an operation so often for want of capacity, and then carry it out; yield
    its name once for each attempt.

    `attempts` says which of the process's clients is meant.
    """
    code = "ProvisionedThroughputExceededException"
    with _refused(operation, range(1, times + 1), code, {}, attempts) as made:
        yield made


@contextmanager
def cancelled(reason: str, *, attempt: int) -> Iterator[list[str]]:
    """Have DynamoDB cancel an attempt of a transaction, counted from 1, for a reason that has
    nothing to do with its conditions; yield the operation's name once for each attempt."""
    more = {"CancellationReasons": [{"Code": "None"}, {"Code": reason}]}
    operation, code = "TransactWriteItems", "TransactionCanceledException"
    with _refused(operation, range(attempt, attempt + 1), code, more, aws.ATTEMPTS) as made:
        yield made


@contextmanager
def in_conflict(operation: str) -> Iterator[list[str]]:
    """Have DynamoDB refuse the next single write of an operation, as while a transaction of others
    is under way on its item; yield the operation's name once for each attempt."""
    with _refused(operation, range(1, 2), "TransactionConflictException", {}, aws.ATTEMPTS) as made:
        yield made


@contextmanager
def _refused(
    operation: str, numbers: range, code: str, more: Mapping[str, Any], attempts: int
) -> Iterator[list[str]]:
    """Have DynamoDB refuse the attempts of an operation that have these numbers, counted from 1,
    and carry out the others; yield its name once for each. `attempts` says which of the process's
    clients is meant."""
    made: list[str] = []

    def refuse(request: Any, **_: object) -> AWSResponse | None:
        made.append(operation)
        if len(made) not in numbers:
            return None
        name = f"com.amazonaws.dynamodb.v20120810#{code}"
        answer = _answer(request.url, {"__type": name, "message": "slow down", **more})
        request.url = _NOWHERE
        return answer

    event = f"before-send.dynamodb.{operation}"
    with _handled([aws.client("dynamodb", attempts)], event, refuse, first=True):
        yield made


@contextmanager
def answer_lost(service: Service, operation: str) -> Iterator[None]:
    """Let the next call of an operation be done, and its answer be lost on the way."""
    lost = ReadTimeoutError(endpoint_url="http://aws")
    with answered(service, operation, lost):
        yield


@contextmanager
def answered(service: Service, operation: str, error: Exception) -> Iterator[None]:
    """Let the next call of an operation be done, and be answered with an error all the same."""
    left = [error]

    def answer(model: Any, **_: object) -> None:
        if model.name == operation and left:
            raise left.pop()

    with handling(service, f"after-call.{service}", answer):
        yield
    assert not left, "there was no such call"


@contextmanager
def handling(
    service: Service, event: str, handler: Callable[..., Any], *, first: bool = False
) -> Iterator[None]:
    """Have a handler of botocore's events called for all of this process's calls to a service,
    `first` before the product's own."""
    # Feeds are written by a client of their own, which tries once.
    clients: list[Any] = [aws.client(service), aws.client(service, attempts=1)]
    with _handled(clients, event, handler, first=first):
        yield


@contextmanager
def counted(operation: str) -> Iterator[list[object]]:
    """Collect the calls of an operation of DynamoDB."""
    calls: list[object] = []

    def count(**call: object) -> None:
        calls.append(call)

    with handling("dynamodb", f"before-call.dynamodb.{operation}", count):
        yield calls


@contextmanager
def _handled(
    clients: list[Any], event: str, handler: Callable[..., Any], *, first: bool
) -> Iterator[None]:
    for client in clients:
        events = client.meta.events
        (events.register_first if first else events.register)(event, handler)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(event, handler)


def _answer(url: str, body: Mapping[str, Any]) -> AWSResponse:
    """Return an answer of DynamoDB with status 400."""
    content = json.dumps(body).encode()

    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield content

    headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
    return AWSResponse(url, 400, headers, Raw())
