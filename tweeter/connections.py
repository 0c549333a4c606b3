"""Connections to AWS on which nobody waits for an answer beyond the deadline."""

from __future__ import annotations

import io
import socket
from http.client import HTTPResponse
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.handlers import add_expect_header

from tweeter import deadline


def keep_to_deadline(client: Any) -> None:
    """Have a client of botocore's end its reading at the deadline, however an answer comes in.

    A read timeout is for silence only: an answer that comes byte by byte never meets it. botocore
    has no option for that, so this takes the place of its classes of connections.
    """
    # Whether a picture may be sent is not asked first (Expect: 100-continue): pictures are small,
    # and botocore reads the answer to that question apart from all others.
    client.meta.events.unregister("before-call.s3", add_expect_header)
    manager = client._endpoint.http_session._manager  # noqa: SLF001 - nothing public leads there
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Reader(io.RawIOBase):
    """Reads from a socket; TimeoutError at the deadline, as well as by the socket's own timeout."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._socket = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = deadline.seconds_left()
        if left <= 0:
            raise TimeoutError("the deadline has come")
        timeout = self._socket.gettimeout()  # which urllib3 sets anew for each answer
        if timeout is None or left < timeout:
            self._socket.settimeout(None if left == float("inf") else left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))


class _Connection(AWSHTTPConnection):
    response_class = _Response  # type: ignore[assignment] # botocore's own is for Expect


class _SecureConnection(AWSHTTPSConnection):
    response_class = _Response  # type: ignore[assignment] # botocore's own is for Expect


class _Pool(AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):
    ConnectionCls = _SecureConnection
