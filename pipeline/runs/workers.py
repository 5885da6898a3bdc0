"""Several processes that read documents, for what one core cannot keep up with.

The parent feeds them, keeps the gateway for all of them, and writes what they read. Each has a
socket to the parent, over which whole messages go both ways: documents and readings, and what the
gateway is asked and answers. A worker that dies is replaced, and what it had in hand is read again;
the answers that it had got are on disk.
"""

import asyncio
import multiprocessing
import pickle
import signal
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any

from pipeline.calls.gateway import Gateway
from pipeline.calls.protocol import (
    Call,
    GatewayServer,
    PendingCalls,
    RemoteGateway,
    Return,
    carry_out,
)
from pipeline.errors import ReaderError
from pipeline.extract import extract
from pipeline.redacted_stream import redact_errors
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.settings import Settings
from schemas.document import Document
from schemas.reading import Reading

_LENGTH = struct.Struct("<I")
_DEATHS = 3
"""How many workers may die of a document before it is given up."""
_READING = {"baseline": "pipeline.rules.reader", "llm": "pipeline.llm.reader"}
"""The modules that readers are in."""


def _choose_process(choice: Choice) -> Callable[..., BaseProcess]:
    """Choose what makes the process of a worker.

    Forking this process, which has threads, is not safe; so where a system can do it, they are
    forked from another one, which loads what they need once for all of them.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn").Process
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, _READING[choice.reader]])
    return context.Process


class Channel:
    """One end of a socket: calls the other end, and carries out what that one calls."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._calls = PendingCalls()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - what the other end gives
        """Call, and wait for the answer. Raises `ConnectionError` if the other end is gone."""
        if self._writer.is_closing():
            raise ConnectionError
        return (await self._calls.send(self._send, method, arguments)).result()

    async def serve(self, ask: Callable[..., Awaitable[Any]]) -> None:
        """Take what comes until the other end is gone; `ask` does what it calls for."""
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
                    # Nobody but the parent and its own workers holds the two ends.
                    message = pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - see above
                    self._take(message, ask)
        finally:
            self._writer.close()
            self._calls.fail(ConnectionError())
            for task in self._tasks:
                task.cancel()

    def _take(self, message: Call | Return, ask: Callable[..., Awaitable[Any]]) -> None:
        if isinstance(message, Return):
            self._calls.resolve(message)
            return
        task = asyncio.create_task(self._reply(message, partial(ask, message.method)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, call: Call, method: Callable[..., Awaitable[Any]]) -> None:
        self._send(await carry_out(call, method))

    def _send(self, message: Call | Return) -> None:
        if not self._writer.is_closing():
            packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._writer.write(_LENGTH.pack(len(packed)) + packed)


class Workers:
    """A number of processes that each run the reader that was chosen. Close them when done."""

    def __init__(
        self, count: int, settings: Settings, choice: Choice, gateway: Gateway | None
    ) -> None:
        server, process = GatewayServer(gateway), _choose_process(choice)
        self._places = [_Place(str(n), settings, choice, server, process) for n in range(count)]
        self._suspects = asyncio.Lock()

    async def read(self, document: Document) -> Reading:
        """Have a document read and checked by the worker that has the least to do.

        Raises `Halted` as the reader does, `ReaderError` if it makes one worker die after another.
        """
        with suppress(ConnectionError):
            return await self._least_busy().read(document)
        # It may be another document in the same worker that it died of: they go one by one now.
        async with self._suspects:
            for _ in range(_DEATHS - 1):
                with suppress(ConnectionError):
                    return await self._least_busy().read(document)
        raise ReaderError(f"{_DEATHS} processes died while they read it", "processes die")

    def _least_busy(self) -> "_Place":
        return min(self._places, key=lambda each: each.busy)

    async def aclose(self) -> None:
        """End the processes."""
        for place in self._places:
            await place.aclose()


class _Place:
    """One place for a worker: the process, and after its death another."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        choice: Choice,
        server: GatewayServer,
        process: Callable[..., BaseProcess],
    ) -> None:
        self.busy = 0
        self._name = name
        self._settings = settings
        self._choice = choice
        self._server = server
        self._process = process
        self._channel: Channel | None = None
        self._starting = asyncio.Lock()
        self._serving: asyncio.Task[None] | None = None

    async def read(self, document: Document) -> Reading:
        self.busy += 1
        try:
            async with self._starting:
                channel = self._channel = self._channel or await self._start()
            reading: Reading = await channel.ask("read", document)
            return reading
        finally:
            self.busy -= 1

    async def aclose(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving

    async def _start(self) -> Channel:
        ours, theirs = socket.socketpair()
        arguments = (theirs, self._settings, self._choice)
        process = self._process(target=_work, args=arguments, daemon=True)
        process.start()
        theirs.close()
        channel = Channel(*await asyncio.open_connection(sock=ours))
        self._serving = asyncio.create_task(self._serve(channel, process))
        return channel

    async def _serve(self, channel: Channel, process: BaseProcess) -> None:
        try:
            await channel.serve(partial(self._server.ask, self._name))
        finally:
            self._channel = None
            await self._server.lose(self._name)
            if process.is_alive():  # else its number may be another's by now
                process.kill()  # it has nothing to do any more
            process.join()
            process.close()


def _work(end: socket.socket, settings: Settings, choice: Choice) -> None:
    """Be a worker, until the parent is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # by name: not every system has all
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)  # the parent decides when it is time to stop
    redact_errors(settings.llm.secrets)
    asyncio.run(_serve(end, settings, choice))


async def _serve(end: socket.socket, settings: Settings, choice: Choice) -> None:
    channel = Channel(*await asyncio.open_connection(sock=end))
    async with build_reader(settings, choice, RemoteGateway(channel.ask)) as reader:

        async def read(_: str, document: Document) -> Reading:
            return await extract(document, reader)

        await channel.serve(read)
