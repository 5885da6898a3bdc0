"""The driver's part: connects to a cluster, sends documents through it, takes back readings."""

import asyncio
import json
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from pipeline.documents import LoadedSource, RecordFields
from pipeline.errors import ReaderError
from pipeline.extract import extract
from pipeline.isolation.loading import Known
from pipeline.lazy import lazy
from pipeline.on_ray import leftover_shards, rows
from pipeline.on_ray.cluster import join_cluster, require_ray, require_room
from pipeline.on_ray.coordinator import Coordinator
from pipeline.on_ray.inputs import bundles
from pipeline.on_ray.tasks import ReaderActor, Relay, load_documents, write_shard
from pipeline.reader import Reader
from pipeline.runs import SetUp
from pipeline.runs.reader_choice import Choice
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.document import Document
from schemas.reading import Reading

if TYPE_CHECKING:
    import ray
    import ray.data as ray_data
    from ray import exceptions as ray_exceptions
else:  # an extra; and it reads the environment when it is imported
    ray = lazy("ray")
    ray_data = lazy("ray.data")
    ray_exceptions = lazy("ray.exceptions")

_SWEPT_AT_ONCE = 100
_TASKS_AT_ONCE = 4
"""Blocks that a worker has in hand, so that it has documents while the last of one is read."""
_MOST_QUESTIONS = 100_000
_PATIENCE_SECONDS = 10.0
_ROWS_A_SHARD = 64


class Inputs(NamedTuple):
    """What is to be read, and where: `address` is a cluster's, None for one of this run's own.

    `passed_over` is as in `find_sources`, `known` what was given up before.
    """

    paths: Sequence[str]
    fields: RecordFields
    address: str | None = None
    passed_over: Counter[str] | None = None
    known: Known = MappingProxyType({})


@asynccontextmanager
async def read_on_cluster(
    inputs: Inputs,
    settings: Settings,
    choice: Choice,
    reader: Reader,
    store: Store,
    setup: SetUp,
    say: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[tuple[Iterable[LoadedSource], SetUp]]:
    """Give what `runs.run` needs so that `settings.workers` workers of a cluster read.

    At the end, calls under way are waited for, so that their answers are kept; cancelling does not
    wait. Raises `UsageError` if Ray is missing or no cluster is at the address, `StoreError` as the
    store does.
    """
    require_ray()
    await asyncio.to_thread(leftover_shards.load_leftovers, store, setup.journal, say)
    coordinator = Coordinator(setup.gateway, store, reader.key)
    folder = leftover_shards.folder_of(store.path).absolute() / uuid.uuid4().hex
    with join_cluster(inputs.address, settings.workers + 1):
        require_room(settings.workers)
        arrivals = _Arrivals(coordinator, store, reader)
        relay, shards = _lay_out(inputs, settings, choice, reader, folder)
        serving = asyncio.create_task(coordinator.serve(relay))
        try:
            yield arrivals.iterate_sources(shards), setup._replace(read=arrivals.read)
            with suppress(asyncio.CancelledError):
                await coordinator.idle(settings.llm.patience + _PATIENCE_SECONDS)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await serving
    await asyncio.to_thread(arrivals.end)
    leftover_shards.clear(folder.parent)


class _Arrivals:
    """Shards that come back -> sources with their documents, and the readings of these."""

    def __init__(self, coordinator: Coordinator, store: Store, reader: Reader) -> None:
        self._coordinator = coordinator
        self._store = store
        self._reader = reader
        self._rows: dict[str, rows.Row] = {}
        self._early: defaultdict[str, list[LoadedSource]] = defaultdict(list)
        self._shards: list[leftover_shards.Shard] = []
        self._waiting = threading.Lock()

    def iterate_sources(self, shards: Iterator[Path]) -> Iterator[LoadedSource]:
        """Yield each source once its document has been read, or needs not be."""
        while (path := self._next(shards)) is not None:
            ids = []
            for row in rows.read(path):
                if row.reading is not None:
                    ids.append(row.reading.reading_id)
                yield from self._admit(row)
            self._shards.append(leftover_shards.Shard(path, tuple(ids)))
            if len(self._shards) % _SWEPT_AT_ONCE == 0:
                self.sweep()
        for early in self._early.values():
            yield from early

    def end(self) -> None:
        """Remove the shards that are stored, once nobody waits for more."""
        self._waiting.acquire(timeout=_PATIENCE_SECONDS)
        self.sweep()

    def sweep(self) -> None:
        """Remove the shards that are stored."""
        self._shards = leftover_shards.sweep(self._store, self._shards)

    async def read(self, document: Document) -> Reading:
        """Give the reading that came with a document.

        Where none did, the run is being stopped, or two texts fell on one hash: then the document
        is read here.
        """
        row = self._rows.pop(document.id, None)
        if row is None or (row.reading is None and row.fault is None):
            return await extract(document, self._reader)
        if row.reading is None:
            raise ReaderError(row.fault or "")
        return row.reading

    def _next(self, shards: Iterator[Path]) -> Path | None:
        try:
            with self._waiting:
                return next(shards, None)
        except ray_exceptions.RayError as error:
            if self._coordinator.fault is not None:
                raise self._coordinator.fault from error
            told = (str(error).strip().splitlines() or [type(error).__name__])[-1]
            raise ReaderError(f"the Ray cluster stopped: {told[:300]}") from error

    def _admit(self, row: rows.Row) -> Iterator[LoadedSource]:
        item = LoadedSource(row.source, row.document, row.error, row.given_up)
        if row.document is None:
            yield item
        elif not self._coordinator.note_arrival(row):
            self._early[row.document.id].append(item)
        else:
            if row.claim == "read":
                self._rows[row.document.id] = row
            yield item
            yield from self._early.pop(row.document.id, ())


def _lay_out(
    inputs: Inputs, settings: Settings, choice: Choice, reader: Reader, folder: Path
) -> tuple[Any, Iterator[Path]]:
    """Lay out the stages; give the relay, and the shards as they come."""
    files = _put_files(inputs)
    at_once = -(-settings.concurrency // settings.workers)
    here = {"ray.io/node-id": ray.get_runtime_context().get_node_id()}
    relay = _start_relay(here)
    folder.mkdir(parents=True, exist_ok=True)
    dataset = (
        ray_data.from_arrow_refs(files)
        .map_batches(
            load_documents,
            fn_kwargs={
                "relay": relay,
                "fields": inputs.fields,
                "limits": settings.limits,
                "known": dict(inputs.known),
            },
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=0.5,
        )
        .map_batches(
            ReaderActor,
            fn_constructor_args=(relay, settings, choice, reader.key, at_once, str(Path.cwd())),
            batch_size=None,
            batch_format="pyarrow",
            compute=ray_data.ActorPoolStrategy(
                size=settings.workers,
                max_tasks_in_flight_per_actor=2 * _TASKS_AT_ONCE,
                max_concurrent_calls_per_actor=_TASKS_AT_ONCE,
            ),
            num_cpus=1,
        )
        .map_batches(
            write_shard,
            fn_kwargs={"folder": folder},
            batch_size=_ROWS_A_SHARD,
            batch_format="pyarrow",
            num_cpus=0,
            label_selector=here,
        )
    )
    return relay, (Path(row["shard"]) for row in dataset.iter_rows())


def _put_files(inputs: Inputs) -> list[Any]:
    """Hand the names of files to the cluster, one reference for each task."""
    return [
        # As JSON, since names of files may hold what no text of Arrow can.
        ray.put(pa.table({"place": [json.dumps(file) for file in bundle]}))
        for bundle in bundles(inputs.paths, inputs.passed_over)
    ]


def _start_relay(here: Mapping[str, str]) -> Any:  # noqa: ANN401 - an actor's handle
    relay = ray.remote(Relay)
    options = {"num_cpus": 0, "label_selector": here, "max_concurrency": _MOST_QUESTIONS}
    return relay.options(**options).remote()
