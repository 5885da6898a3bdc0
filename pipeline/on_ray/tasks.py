"""What runs on the cluster: the relay, and the three stages that a document passes."""

import asyncio
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from pipeline.calls.protocol import Call, PendingCalls, RemoteGateway, Return, Worker
from pipeline.documents import RecordFields
from pipeline.errors import Halted
from pipeline.isolation.limits import Limits
from pipeline.isolation.loading import Known, Loader
from pipeline.lazy import lazy
from pipeline.on_ray.inputs import InputFile, load_file
from pipeline.on_ray.rows import Claim, Row, pack, unpack
from pipeline.redacted_stream import redact_errors
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.runs.reading_loop import read_or_fail
from pipeline.runs.workers import Workers
from pipeline.settings import Settings
from schemas.document import Document
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    import ray
else:
    ray = lazy("ray")

_SIFTED_AT_ONCE = 256
SUSPECT, _DEATHS = 2, 3
"""How many processes may die with a document in hand before it is read by itself, and given up."""


class Relay:
    """An actor through which workers call, and from which the driver takes their calls.

    The driver itself is no actor, so that nobody can call it.
    """

    def __init__(self) -> None:
        self._calls = PendingCalls()
        self._out: list[Call] = []
        self._any = asyncio.Event()

    async def ask(self, worker: Worker | None, method: str, *arguments: object) -> Return:
        """Wait for the driver's answer."""
        return await self._calls.send(self._put, method, arguments, worker)

    async def take(self) -> list[Call]:
        """Wait until there are calls, and give them all."""
        await self._any.wait()
        self._any.clear()
        calls, self._out = self._out, []
        return calls

    async def answer(self, answers: Sequence[Return]) -> None:
        """Hand answers on to whoever asked, if they still live."""
        for answer in answers:
            self._calls.resolve(answer)

    def _put(self, call: Call) -> None:
        self._out.append(call)
        self._any.set()


def load_documents(
    table: pa.Table,
    relay: Any,  # noqa: ANN401 - an actor's handle
    fields: RecordFields,
    limits: Limits,
    known: Known,
) -> Iterator[pa.Table]:
    """Load the documents of files: the first stage. Each comes with what is to be done about it."""
    places = (InputFile(*json.loads(told)) for told in table["place"].to_pylist())
    with closing(Loader(limits, known)) as loader:
        loaded = (
            Row(each.source, each.document, each.error, given_up=each.given_up)
            for place in places
            for each in load_file(place, fields, loader)
        )
        while some := list(islice(loaded, _SIFTED_AT_ONCE)):
            yield pack(_sift(some, relay))


def _sift(some: list[Row], relay: Any) -> Iterator[Row]:  # noqa: ANN401 - as above
    """Have the driver say what is to be read, so many at once as it looks up at once."""
    named = [(row.document.id, str(row.source)) for row in some if row.document is not None]
    claims: Iterator[Claim] = iter(
        ray.get(relay.ask.remote(None, "sift", named)).result() if named else ()
    )
    return (row if row.document is None else row._replace(claim=next(claims)) for row in some)


class ReaderActor:
    """Reads documents: the second stage. One object for each worker.

    `at_once` documents are read at the same time. Documents of `key` alone are of use.
    """

    def __init__(
        self,
        relay: Any,  # noqa: ANN401 - an actor's handle
        settings: Settings,
        choice: Choice,
        key: ReaderKey,
        at_once: int,
        folder: str,
    ) -> None:
        if os.path.isdir(folder):  # noqa: PTH112 - a prompt or prices may be named relative to it
            os.chdir(folder)
        redact_errors(settings.llm.secrets)
        self._relay = relay
        self._settings = settings
        self._choice = choice
        self._key = key
        self._free = asyncio.Semaphore(at_once)
        self._alone = asyncio.Lock()
        self._building = asyncio.Lock()
        self._workers: Workers | None = None
        actor = ray.get_runtime_context().get_actor_id() or ""
        self._me = Worker(actor, uuid.uuid4().hex)
        # So the driver learns at once of the death of the process before.
        self._relay.ask.remote(self._me, "begin", ())

    async def __call__(self, table: pa.Table) -> pa.Table:
        """Read what is to be read."""
        workers = await self._start()
        rows = list(unpack(table))
        wanted = [row.document.id for row in rows if row.document and row.claim == "read"]
        if not wanted:
            return table
        deaths = dict(zip(wanted, await self._ask("begin", wanted), strict=True))
        read = await asyncio.gather(*(self._read(workers, row, deaths) for row in rows))
        await self._ask("done", wanted)
        return pack(read)

    async def _read(self, workers: Workers, row: Row, deaths: Mapping[str, int]) -> Row:
        if row.document is None or row.claim != "read":
            return row
        which = [row.document.id]
        if deaths[row.document.id] < SUSPECT:
            return await self._try(workers, row, row.document)
        # It may be what they died of, or have been beside that: such go one by one.
        async with self._alone:
            (died,) = await self._ask("begin", which)
            if died >= _DEATHS:
                return row._replace(fault="one process after another died while it read it")
            row = await self._try(workers, row, row.document)
            await self._ask("done", which)
            return row

    async def _try(self, workers: Workers, row: Row, document: Document) -> Row:
        async with self._free:
            try:
                reading = await read_or_fail(document, workers.read, self._key)
            except Halted:
                return row
            return row._replace(reading=reading)

    async def _start(self) -> Workers:
        """Give the process that reads, in which a document can do no harm to those beside it."""
        async with self._building:
            if self._workers is None:
                gateway = RemoteGateway(self._ask)
                async with build_reader(self._settings, self._choice, gateway) as reader:
                    if reader.key != self._key:
                        raise RuntimeError("the workers have another version than the driver")
                one = self._settings.model_copy(update={"workers": 1})
                self._workers = Workers(one, self._choice, gateway)
            return self._workers

    async def _ask(self, what: str, *arguments: object) -> Any:  # noqa: ANN401 - what the driver gives
        answer: Return = await self._relay.ask.remote(self._me, what, *arguments)
        return answer.result()


def write_shard(table: pa.Table, folder: Path) -> pa.Table:
    """Write a block of rows as a shard, on the driver's machine; under its name it is whole.

    The third stage; gives the shard's path.
    """
    path = folder / f"{uuid.uuid4().hex}.parquet"
    begun = path.with_suffix(".part")
    parquet.write_table(table, begun, compression="zstd")
    begun.rename(path)
    return pa.table({"shard": [str(path)]})
