"""TCP ports of this machine: which are free, and whether what listens at one is well."""

from __future__ import annotations

import http.client
import socket
from argparse import ArgumentTypeError
from contextlib import closing

LOOPBACK = "127.0.0.1"
_LAST = 65_535


def port_number(text: str) -> int:
    """Return a port as it is written in a command line; ArgumentTypeError when it is none."""
    if not text.isdecimal() or not 1 <= int(text) <= _LAST:
        message = f"{text} is not a port, which is a number from 1 to {_LAST}."
        raise ArgumentTypeError(message)
    return int(text)


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of the loopback address at this moment.

    Both ways of asking are needed: macOS lets a server bind beside one that has the port on every
    address, and a socket that is bound but does not listen yet refuses connections.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set it too: connections that have just been closed do not keep a port in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def find_free() -> int:
    """Return a port that was free a moment ago; nothing keeps it free for the caller."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def status_at(port: int, path: str, *, seconds: float) -> int:
    """Return the HTTP status of a GET; OSError or http.client.HTTPException without an answer."""
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status
