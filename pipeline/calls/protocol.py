"""The protocol between processes: what workers ask of the process that keeps the gateway.

The same for `--workers` and for Ray, which differ in how messages travel: over a socket, or through
an actor. A worker has a `RemoteGateway`; the process that it asks a `GatewayServer`, which settles
the calls of a worker that died.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

from pipeline.calls.gateway import CallEstimate, CallOutcome, Gateway
from pipeline.calls.journal import KeptAnswer, OpenReading
from pipeline.errors import Halted, JornadaError, ReaderError

METHODS = ("open_reading", "admit", "pause", "settle", "note")
"""What can be asked of a gateway."""


class Worker(NamedTuple):
    """Who asks: a place for a worker, and the process that has it since the last one died."""

    place: str
    process: str


class Call(NamedTuple):
    """A message that wants an answer; `method` names what is to be done with the arguments."""

    number: int
    method: str
    arguments: tuple[Any, ...]
    worker: Worker | None = None


class Return(NamedTuple):
    """The answer to a call: a value, or the error in its place."""

    number: int
    value: Any
    error: Exception | None = None

    def result(self) -> Any:  # noqa: ANN401 - whatever was asked for
        """Give the value. Raises the error."""
        if self.error is not None:
            raise self.error
        return self.value


class PendingCalls:
    """The calls that went out and have not come back."""

    def __init__(self) -> None:
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Return]] = {}

    async def send(
        self,
        put: Callable[[Call], None],
        method: str,
        arguments: tuple[Any, ...],
        worker: Worker | None = None,
    ) -> Return:
        """Put a call on its way, and wait until it returns."""
        self._number += 1
        number = self._number
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            put(Call(number, method, arguments, worker))
            return await self._waiting[number]
        finally:
            self._waiting.pop(number, None)

    def resolve(self, answer: Return) -> None:
        """Hand an answer on to whoever waits for it, if anybody does."""
        future = self._waiting.get(answer.number)
        if future is not None and not future.done():
            future.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Let nobody wait any more: the other end is gone."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)


async def carry_out(call: Call, method: Callable[..., Awaitable[Any]]) -> Return:
    """Carry out a call; whatever goes wrong belongs to whoever asked, as an error of ours."""
    try:
        return Return(call.number, await method(*call.arguments))
    except Halted as halted:
        return Return(call.number, None, Halted(str(halted)))
    except JornadaError as fault:
        return Return(call.number, None, fault)
    except Exception as fault:  # noqa: BLE001 - it belongs to whoever asked
        error = ReaderError(f"unexpected {type(fault).__name__}: {fault}")
        return Return(call.number, None, error)


class GatewayServer:
    """Carries out at a gateway what processes of workers ask; the baseline's have none."""

    def __init__(self, gateway: Gateway | None) -> None:
        self._gateway = gateway
        self._admitted: defaultdict[str, list[CallEstimate]] = defaultdict(list)
        self._settled = asyncio.Event()

    async def ask(self, process: str, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - what the gateway takes and gives
        """Do one of `METHODS` for a process."""
        if method not in METHODS or self._gateway is None:
            raise ValueError(f"{method} cannot be asked for here")
        given = await getattr(self._gateway, method)(*arguments)
        if method == "admit":
            self._admitted[process].append(arguments[0])
        elif method == "settle":
            self._admitted[process].remove(arguments[0])
            self._settled.set()
        return given

    async def lose(self, process: str) -> None:
        """Settle the calls of a process that died: their answers may have been on their way."""
        for expected in self._admitted.pop(process, []):
            assert self._gateway is not None  # noqa: S101 - it admitted them
            await self._gateway.settle(expected, CallOutcome(lost=True), None)
            self._settled.set()

    async def drain(self, patience: float) -> None:
        """Wait until no call to a model is under way, but no longer than one may take (seconds).

        What is left then is of a process that died and that nobody has come in the place of.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while any(self._admitted.values()):
                    self._settled.clear()
                    await self._settled.wait()
        for process in list(self._admitted):
            await self.lose(process)


class RemoteGateway:
    """A gateway that another process keeps: `ask` has a method of it carried out there.

    Raises `Halted` as that one does.
    """

    def __init__(self, ask: Callable[..., Awaitable[Any]]) -> None:
        self._ask = ask

    async def open_reading(self, document_id: str, reader_key: str) -> OpenReading:
        """See `Gateway`."""
        reading: OpenReading = await self._ask("open_reading", document_id, reader_key)
        return reading

    async def admit(self, expected: CallEstimate) -> None:
        """See `Gateway`."""
        await self._ask("admit", expected)

    async def pause(self, seconds: float) -> None:
        """See `Gateway`."""
        await self._ask("pause", seconds)

    async def settle(
        self, expected: CallEstimate, outcome: CallOutcome, answer: KeptAnswer | None
    ) -> None:
        """See `Gateway`."""
        await self._ask("settle", expected, outcome, answer)

    async def note(self, line: str) -> None:
        """See `Gateway`."""
        await self._ask("note", line)
