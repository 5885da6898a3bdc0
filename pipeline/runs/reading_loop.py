"""Reading the documents that are fed: each becomes a reading, whatever goes wrong."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from pipeline.calls.budget import BudgetReached
from pipeline.calls.gateway import LocalGateway
from pipeline.errors import GivenUpError, Halted, JornadaError, Pending, ReaderError, StoreError
from pipeline.runs.feeding import DocumentQueue
from pipeline.runs.in_flight import InFlight
from pipeline.runs.recording import Recorder
from pipeline.runs.stopping import Stop
from schemas.document import Document
from schemas.reading import ReaderKey, Reading, ReadingStatus

Read = Callable[[Document], Awaitable[Reading]]


class ReadingLoop:
    """Takes documents until there are none, or the run stops; several may work side by side."""

    def __init__(
        self,
        read: Read,
        key: ReaderKey,
        queue: DocumentQueue,
        in_flight: InFlight,
        recorder: Recorder,
        stop: Stop,
        gateway: LocalGateway | None,
    ) -> None:
        self._gateway = gateway
        self._read = read
        self._key = key
        self._queue = queue
        self._in_flight = in_flight
        self._recorder = recorder
        self._stop = stop

    async def work(self) -> None:
        """Read one document after the other. Raises `StoreError` if answers cannot be kept."""
        while (document := await self._queue.get()) is not None:
            if self._stop:
                self._in_flight.pop(document.id)
                continue
            self._in_flight.begun += 1
            try:
                reading = await read_or_fail(document, self._read, self._key)
            except Halted:
                if self._gateway is not None and isinstance(self._gateway.halted, BudgetReached):
                    self._stop.end("budget", str(self._gateway.halted))
                continue  # it stays among those in flight: it was begun
            except Pending:
                self._in_flight.begun -= 1
                self._recorder.record_pending(document, self._in_flight.pop(document.id))
                continue
            self._in_flight.begun -= 1
            self._recorder.record_reading(document, reading, self._in_flight.pop(document.id))
            self._stop.count(reading)
            # A reader that never waits would keep the writer and Ctrl-C from their turn.
            await asyncio.sleep(0)


async def read_or_fail(document: Document, read: Read, key: ReaderKey) -> Reading:
    """Read one document; whatever goes wrong is a failed reading, unless the run is halted.

    Raises `Halted`, `Pending` and `StoreError` as they come.
    """
    started = time.perf_counter()
    cause, given_up = None, False
    try:
        return await read(document)
    except (Halted, Pending, StoreError):
        raise
    except ReaderError as fault:
        error, cause, given_up = str(fault), fault.cause, isinstance(fault, GivenUpError)
    except JornadaError as fault:
        error = str(fault)
    except Exception as fault:  # noqa: BLE001 - a defect met by one document must not stop the rest
        error = f"unexpected {type(fault).__name__}: {' '.join(str(fault).split())[:500]}"
    return Reading(
        document_id=document.id,
        key=key,
        status=ReadingStatus.FAILED,
        error=error,
        cause=cause,
        given_up=given_up,
        seconds=time.perf_counter() - started,
    )
