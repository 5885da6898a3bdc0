"""Several processes that read documents, for what one core cannot keep up with.

The parent feeds them, keeps the desk for all of them, and writes what they read. Each has a socket
to the parent, over which whole messages go both ways: documents and readings, and what the desk is
asked and answers. A worker that dies is replaced, and what it had in hand is read again; the
answers that it had got are on disk with the desk.
"""

import asyncio
import multiprocessing
import pickle
import signal
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple

from pipeline.calls.gateway import Expected, ForwardedDesk, OpenDesk, Outcome
from pipeline.errors import Halted, JornadaError, ReaderError
from pipeline.extract import extract
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import built
from pipeline.settings import Settings
from schemas.document import Document
from schemas.reading import Reading

_LENGTH = struct.Struct("<I")
_DEATHS = 3
"""How many workers may die of a document before it is given up."""
_SPAWN = multiprocessing.get_context("spawn")  # forking a process that has threads is not safe


class _Asked(NamedTuple):
    """A message that wants an answer; `what` is `read`, or a method of the desk."""

    number: int
    what: str
    arguments: tuple[Any, ...]


class _Answered(NamedTuple):
    """The answer to a message: a value, or the error in its place."""

    number: int
    value: Any
    error: Exception | None


class _Line:
    """One end of a socket: asks the other end, and answers what that one asks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, what: str, *arguments: object) -> Any:  # noqa: ANN401 - what the other end gives
        """Ask, and wait for the answer. Raises `ConnectionError` if the other end is gone."""
        if self._writer.is_closing():
            raise ConnectionError
        self._number += 1
        number = self._number
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send(_Asked(number, what, arguments))
            return await self._waiting[number]
        finally:
            self._waiting.pop(number, None)

    async def serve(self, answer: Callable[[str, tuple[Any, ...]], Awaitable[Any]]) -> None:
        """Take what comes until the other end is gone; `answer` gives what it asks for."""
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
                    # Nobody but the parent and its own workers holds the two ends.
                    message = pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - see above
                    self._take(message, answer)
        finally:
            self._writer.close()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError())
            for task in self._tasks:
                task.cancel()

    def _take(
        self,
        message: _Asked | _Answered,
        answer: Callable[[str, tuple[Any, ...]], Awaitable[Any]],
    ) -> None:
        if isinstance(message, _Asked):
            task = asyncio.create_task(self._reply(message, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif (future := self._waiting.get(message.number)) is not None and not future.done():
            if message.error is not None:
                future.set_exception(message.error)
            else:
                future.set_result(message.value)

    async def _reply(
        self, asked: _Asked, answer: Callable[[str, tuple[Any, ...]], Awaitable[Any]]
    ) -> None:
        value: Any = None
        error: Exception | None = None
        try:
            value = await answer(asked.what, asked.arguments)
        except Halted as halted:
            error = Halted(str(halted))
        except JornadaError as fault:
            error = fault
        except Exception as fault:  # noqa: BLE001 - it belongs to whoever asked
            error = ReaderError(f"unexpected {type(fault).__name__}: {fault}")
        self._send(_Answered(asked.number, value, error))

    def _send(self, message: _Asked | _Answered) -> None:
        if not self._writer.is_closing():
            packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._writer.write(_LENGTH.pack(len(packed)) + packed)


class Workers:
    """A number of processes that each run the reader that was chosen. Close them when done."""

    def __init__(self, count: int, settings: Settings, choice: Choice, desk: OpenDesk) -> None:
        self._posts = [_Post(settings, choice, desk) for _ in range(count)]
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

    def _least_busy(self) -> "_Post":
        return min(self._posts, key=lambda each: each.busy)

    async def aclose(self) -> None:
        """End the processes."""
        for post in self._posts:
            await post.aclose()


class _Post:
    """One place for a worker: the process, and after its death another."""

    def __init__(self, settings: Settings, choice: Choice, desk: OpenDesk) -> None:
        self.busy = 0
        self._settings = settings
        self._choice = choice
        self._desk = desk
        self._admitted: list[Expected] = []
        self._line: _Line | None = None
        self._hiring = asyncio.Lock()
        self._serving: asyncio.Task[None] | None = None

    async def read(self, document: Document) -> Reading:
        self.busy += 1
        try:
            async with self._hiring:
                line = self._line = self._line or await self._hired()
            reading: Reading = await line.ask("read", document)
            return reading
        finally:
            self.busy -= 1

    async def aclose(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving

    async def _hired(self) -> _Line:
        ours, theirs = socket.socketpair()
        process = _SPAWN.Process(
            target=_work, args=(theirs, self._settings, self._choice), daemon=True
        )
        process.start()
        theirs.close()
        line = _Line(*await asyncio.open_connection(sock=ours))
        self._serving = asyncio.create_task(self._serve(line, process))
        return line

    async def _serve(self, line: _Line, process: SpawnProcess) -> None:
        try:
            await line.serve(self._answer)
        finally:
            self._line = None
            for expected in self._admitted:  # calls of a worker that died
                await self._desk.ended(expected, Outcome(lost=True), None)
            self._admitted.clear()
            process.kill()  # it has nothing to do any more, if it still lives
            process.join()
            process.close()

    async def _answer(self, what: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - what the desk gives
        given = await getattr(self._desk, what)(*arguments)
        if what == "admit":
            self._admitted.append(arguments[0])
        elif what == "ended":
            self._admitted.remove(arguments[0])
        return given


def _work(end: socket.socket, settings: Settings, choice: Choice) -> None:
    """Be a worker, until the parent is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # by name: not every system has all
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)  # the parent decides when it is time to stop
    asyncio.run(_reading(end, settings, choice))


async def _reading(end: socket.socket, settings: Settings, choice: Choice) -> None:
    line = _Line(*await asyncio.open_connection(sock=end))
    async with built(settings, choice, ForwardedDesk(line.ask)) as reader:

        async def answer(_: str, arguments: tuple[Any, ...]) -> Reading:
            return await extract(arguments[0], reader)

        await line.serve(answer)
