"""A way to one of AWS's services on which answers can be held up."""

from __future__ import annotations

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from tweeter.local.ports import LOOPBACK

_SLOW_SECONDS = 1.5
"""Less than an answer is waited for, so that every call succeeds, late."""
_DROP_SECONDS = 0.5
_BYTES = 65_536


class Fault(StrEnum):
    """What is wrong with the way; the value is what a reader is told."""

    SILENT = "takes every call, and never answers"
    RESETTING = "closes the connection on every call"
    SLOW = f"answers after {_SLOW_SECONDS} s"
    TRICKLING = f"sends its answer byte by byte, one in {_DROP_SECONDS} s"


class Relay:
    """Passes connections on to an address, with a fault where one is set, while it is entered."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._port = 0
        self.fault: Fault | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._relay, LOOPBACK, 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._upstream)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._ask(reader, writer, back), self._answer(there, writer))
        for end in (writer, back):
            end.close()

    async def _ask(self, reader: StreamReader, writer: StreamWriter, back: StreamWriter) -> None:
        while asked := await reader.read(_BYTES):
            if self.fault is Fault.RESETTING:
                writer.transport.abort()
                break
            if self.fault is not Fault.SILENT:
                back.write(asked)
                await back.drain()
        back.close()

    async def _answer(self, there: StreamReader, writer: StreamWriter) -> None:
        while answer := await there.read(_BYTES):
            if self.fault is Fault.SLOW:
                await asyncio.sleep(_SLOW_SECONDS)
            size = 1 if self.fault is Fault.TRICKLING else _BYTES
            for start in range(0, len(answer), size):
                if start:
                    await asyncio.sleep(_DROP_SECONDS)
                writer.write(answer[start : start + size])
                await writer.drain()
        writer.close()
