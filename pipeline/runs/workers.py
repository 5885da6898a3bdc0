"""Several processes that read documents, for what one core cannot keep up with.

The parent feeds them, keeps the gateway for all of them, and writes what they read. Each has a
socket to the parent, over which whole messages go both ways: documents and readings, and what the
gateway is asked and answers. A worker that dies is replaced, and what it had in hand is read again;
the answers that it had got are on disk. What it died of, for its length or size, is not.
"""

import asyncio
import pickle
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.calls.gateway import Gateway
from pipeline.calls.protocol import (
    Call,
    GatewayServer,
    PendingCalls,
    RemoteGateway,
    Return,
    carry_out,
)
from pipeline.errors import GivenUpError, ReaderError
from pipeline.extract import extract
from pipeline.isolation.limits import Limits, hold_memory, is_from_outside, used_memory
from pipeline.isolation.process import begin_work, preload, start_process
from pipeline.isolation.slot import InHand, Slot, Timed
from pipeline.lazy import lazy
from pipeline.reader import Reader
from pipeline.redacted_stream import redact_errors
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.settings import Settings
from schemas.document import Document
from schemas.reading import Reading

if TYPE_CHECKING:
    from pipeline.llm import transport as transports
    from pipeline.llm.transport import Transport
else:
    transports = lazy("pipeline.llm.transport")

_LENGTH = struct.Struct("<I")
_DEATHS = 3
"""How many workers may die over a document for reasons of others before it is given up."""
_LAST_SECONDS = 2.0
_READING = {"baseline": "pipeline.rules.reader", "llm": "pipeline.llm.reader"}
"""The modules that readers are in."""


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

    def close(self) -> None:
        """Let the other end go, once it has what was sent."""
        self._writer.close()

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
        self,
        settings: Settings,
        choice: Choice,
        gateway: Gateway | None,
        transport: "Transport | None" = None,
    ) -> None:
        preload(_READING[choice.reader], __name__)
        plan = _Plan(settings, choice, GatewayServer(gateway), transport)
        self._places = [_Place(str(number), plan) for number in range(settings.workers)]

    async def read(self, document: Document) -> Reading:
        """Have a document read and checked by the worker that has the least to do.

        Raises `Halted` as the reader does, `GivenUpError` if it takes too long or too much
        memory, `ReaderError` if one worker after another dies.
        """
        for _ in range(_DEATHS):
            try:
                return await min(self._places, key=lambda each: each.busy).read(document)
            except _Died:
                continue
        raise ReaderError(f"{_DEATHS} processes died while they read it", "processes die")

    def find_in_hand(self) -> list[InHand]:
        """Tell what each process computes, by the ID of the document, and for how long."""
        return [one for place in self._places if (one := place.in_hand) is not None]

    async def aclose(self) -> None:
        """End the processes."""
        for place in self._places:
            await place.aclose()


class _Plan(NamedTuple):
    """What a worker is made of, and what it may ask of this process."""

    settings: Settings
    choice: Choice
    server: GatewayServer
    transport: "Transport | None"

    async def answer(self, worker: str, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - of the gateway or transport
        """Do what a worker asks for."""
        if self.transport is not None and method in transports.RemoteTransport.METHODS:
            return await getattr(self.transport, method)(*arguments)
        return await self.server.ask(worker, method, *arguments)


class _Died(Exception):  # noqa: N818 - not raised to anybody else
    """A process died while it may have had the document in hand."""


class _Place:
    """One place for a worker: the process, and after its death another."""

    def __init__(self, name: str, plan: _Plan) -> None:
        self.busy = 0
        self._name = name
        self._plan = plan
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()
        self._numbers = 0
        self._reading: dict[int, str] = {}

    @property
    def in_hand(self) -> InHand | None:
        """Tell which document is computed, by its ID, and for how long."""
        slot = None if self._worker is None else self._worker.slot
        seconds = None if slot is None else slot.seconds
        if slot is None or seconds is None:
            return None
        return InHand(self._reading.get(slot.number, ""), seconds)

    async def read(self, document: Document) -> Reading:
        self.busy += 1
        self._numbers += 1
        number = self._numbers
        self._reading[number] = document.id
        try:
            while True:
                async with self._starting:
                    worker = self._worker = self._worker or await self._start()
                with suppress(ConnectionError):
                    reading: Reading = await worker.channel.ask("read", number, document)
                    return reading
                exit_code = await asyncio.shield(worker.serving)
                if exit_code == 0:
                    continue  # it had grown, and left
                if worker.slot.seconds is None:
                    raise _Died  # nobody knows of what
                if worker.slot.number == number:
                    if is_from_outside(exit_code):
                        raise _Died
                    raise GivenUpError(self._plan.settings.limits.explain(exit_code))
        finally:
            del self._reading[number]
            self.busy -= 1

    async def aclose(self) -> None:
        if self._worker is not None:
            self._worker.serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker.serving

    async def _start(self) -> "_Worker":
        ours, theirs = socket.socketpair()
        slot = Slot()
        plan = self._plan
        arguments = (theirs, plan.settings, plan.choice, slot, plan.transport is not None)
        process = await asyncio.to_thread(start_process, _work, arguments)
        theirs.close()
        channel = Channel(*await asyncio.open_connection(sock=ours))
        serving = asyncio.create_task(self._serve(channel, process))
        return _Worker(channel, slot, serving)

    async def _serve(self, channel: Channel, process: BaseProcess) -> int | None:
        """Serve a process until it is gone; give its exit status."""
        try:
            await channel.serve(partial(self._plan.answer, self._name))
            await asyncio.to_thread(process.join, _LAST_SECONDS)  # its line is gone before it is
        finally:
            self._worker = None
            await self._plan.server.lose(self._name)
            if process.is_alive():  # else its number may be another's by now
                process.kill()  # it has nothing to do any more
            process.join()
            exit_code = process.exitcode
            process.close()
        return exit_code


class _Worker(NamedTuple):
    """A process, at this end: the line to it, what it has in hand, and its exit status to come."""

    channel: Channel
    slot: Slot
    serving: "asyncio.Task[int | None]"


def _work(
    end: socket.socket,
    settings: Settings,
    choice: Choice,
    slot: Slot,
    asks_parent: bool,  # noqa: FBT001 - comes from another process
) -> None:
    """Be a worker, until the parent is gone; one that `asks_parent` has no transport of its own."""
    begin_work("SIGTERM")
    redact_errors(settings.llm.secrets)
    hold_memory(settings.limits)
    asyncio.run(_serve(end, settings, choice, slot, asks_parent=asks_parent))


async def _serve(
    end: socket.socket, settings: Settings, choice: Choice, slot: Slot, *, asks_parent: bool
) -> None:
    channel = Channel(*await asyncio.open_connection(sock=end))
    gateway = RemoteGateway(channel.ask)
    transport = transports.RemoteTransport(channel.ask) if asks_parent else None
    async with build_reader(settings, choice, gateway, transport) as reader:
        await channel.serve(_Reading(reader, slot, settings.limits, channel.close).read)


class _Reading:
    """What a worker reads. One that has grown begins no more, and leaves when it has no more."""

    def __init__(
        self, reader: Reader, slot: Slot, limits: Limits, leave: Callable[[], None]
    ) -> None:
        self._reader = reader
        self._slot = slot
        self._limits = limits
        self._leave = leave
        self._active = 0
        self._grown = False

    async def read(self, _: str, number: int, document: Document) -> Reading:
        if self._grown:
            await asyncio.Future()  # the parent asks the next worker
        self._active += 1
        try:
            work = extract(document, self._reader)
            return await Timed(work, self._slot, number, self._limits.seconds)
        except MemoryError:
            self._grown = True
            raise GivenUpError(self._limits.large()) from None
        finally:
            self._active -= 1
            self._grown = self._grown or used_memory() > self._limits.megabytes // 2
            if self._grown and not self._active:
                # Once the answer is on its way.
                asyncio.get_running_loop().call_soon(self._leave)
