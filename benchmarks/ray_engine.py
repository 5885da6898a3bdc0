"""What the Ray engine costs beside the reading: start, gateway, and loading of shards.

    python benchmarks/ray_engine.py [--documents 2000] [--copies 1]

Bulletins are invented, and a local server that is no model answers for one. No call waits for it in
the second and third part. Each part runs alone; CPU times are those of the processes named.
"""

import argparse
import asyncio
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import ray
from pydantic import SecretStr

from examples.fault_server import serving
from examples.make_backlog import bulletins
from pipeline import runs
from pipeline.calls.gateway import CallEstimate, CallOutcome, LocalGateway
from pipeline.calls.journal import Journal, KeptAnswer, Question
from pipeline.documents.text import document_from
from pipeline.extract import extract
from pipeline.forms.prompts import load_prompt
from pipeline.llm.reader import LlmReader
from pipeline.on_ray import leftover_shards, rows
from pipeline.on_ray.coordinator import Coordinator
from pipeline.on_ray.engine import _Arrivals, _connected
from pipeline.on_ray.tasks import Relay, Worker, writing
from pipeline.runs import RunOptions, SetUp, Watch
from pipeline.settings import LlmSettings
from pipeline.store import Store
from schemas.document import Metadata, Source
from schemas.reading import Attempt, ReaderKey

WORKERS = 2
CALLS = 500
AT_ONCE = (16, 200)
SHARD = 64
TABLES = [
    "documents",
    "readings",
    "attempts",
    "figures",
    "jornadas",
    "set_aside",
    "specialties",
    "places",
    "findings",
    "sources",
]


class Watched(Relay):
    """A relay that tells what CPU it has taken, in seconds."""

    async def cpu(self) -> float:
        """Tell it."""
        return time.process_time()


class Asking:
    """Asks the gateway as a reader does that has every answer at once."""

    def __init__(self, relay: Any, name: str) -> None:  # noqa: ANN401 - an actor's handle
        self.relay = relay
        self.me = Worker(name, name)
        self.count = 0

    async def ask(self, documents: int, at_once: int) -> float:
        """Ask for so many documents, three calls each; give the CPU seconds taken."""
        free = asyncio.Semaphore(at_once)
        began = time.process_time()
        await asyncio.gather(*(self._one(free) for _ in range(documents)))
        return time.process_time() - began

    async def _one(self, free: asyncio.Semaphore) -> None:
        self.count += 1
        name, expected = f"{self.me.actor}-{self.count}", CallEstimate(1000, 0.001)
        async with free:
            opened = (await self.relay.ask.remote(self.me, "opened", name, "key")).value
            await self.relay.ask.remote(self.me, "admit", expected)
            attempt = Attempt(number=1, outcome="ok", raw_answer="x" * 3000, seconds=1.0)
            answer = KeptAnswer(Question(name, "key", opened.reading_id, 1, "question"), attempt)
            outcome = CallOutcome(1000, 0.001)
            await self.relay.ask.remote(self.me, "ended", expected, outcome, answer)


async def gateway(folder: Path) -> None:
    """Measure how many documents a second the gateway serves."""
    journal = Journal(folder / "answers.journal")
    key = ReaderKey(reader="llm", schema_hash="none")
    coordinator = Coordinator(LocalGateway(journal), Store(folder / "answers.duckdb"), key)
    relay = ray.remote(Watched).options(num_cpus=0, max_concurrency=10_000).remote()
    actor = ray.remote(Asking)
    workers = [actor.options(max_concurrency=5).remote(relay, str(n)) for n in range(WORKERS)]
    serving_calls = asyncio.create_task(coordinator.serve(relay))
    await asyncio.gather(*(worker.ask.remote(20, 8) for worker in workers))
    total = WORKERS * CALLS
    for at_once in AT_ONCE:
        before, mine, began = await relay.cpu.remote(), time.process_time(), time.perf_counter()
        theirs = await asyncio.gather(*(worker.ask.remote(CALLS, at_once) for worker in workers))
        seconds, mine = time.perf_counter() - began, time.process_time() - mine
        relayed = await relay.cpu.remote() - before
        print(
            f"{WORKERS} workers with {at_once} at once: {total / seconds:.0f} documents/s; "
            f"CPU ms a document: driver {1000 * mine / total:.2f}, "
            f"relay {1000 * relayed / total:.2f}, worker {1000 * sum(theirs) / total:.2f}"
        )
    serving_calls.cancel()


async def read(documents: int) -> tuple[list[rows.Row], ReaderKey]:
    """Read so many bulletins."""
    with serving() as server:
        settings = LlmSettings(model="faulty", base_url=server.base_url, api_key=SecretStr("none"))
        reader = LlmReader(settings, load_prompt(settings.prompt))
        found = []
        for name, text in bulletins(documents):
            document = document_from(text, Metadata(format="jsonl"))
            reading = await extract(document, reader)
            found.append(rows.Row(Source(path="a", record=name), document, None, "read", reading))
        await reader.aclose()
    return found, reader.key


def copied(found: list[rows.Row], copies: int) -> list[rows.Row]:
    """Give the same readings again, of texts that differ in their last line."""
    made = list(found)
    for copy in range(1, copies):
        for row in found:
            if row.document is None or row.reading is None:
                continue
            text = f"{row.document.text}\n\nCopia {copy}"
            document = document_from(text, row.document.metadata)
            changes = {"document_id": document.id, "reading_id": f"{row.reading.reading_id}{copy}"}
            source = Source(path=f"{copy}", record=row.source.record)
            reading = row.reading.model_copy(update=changes)
            made.append(row._replace(source=source, document=document, reading=reading))
    return made


async def shards(folder: Path, documents: int, copies: int) -> None:
    """Measure how shards are written and loaded, and how much the database takes."""
    found, key = await read(documents)
    found = copied(found, copies)
    store = Store(folder / "shards.duckdb")
    target = leftover_shards.folder_of(store.path) / "run"
    target.mkdir(parents=True)
    began = time.process_time()
    made = [
        Path(writing(rows.packed(found[at : at + SHARD]), target)["shard"][0].as_py())
        for at in range(0, len(found), SHARD)
    ]
    took, size = time.process_time() - began, sum(path.stat().st_size for path in made)
    count = len(found)
    print(f"shards: {1000 * took / count:.2f} CPU ms and {size / count:,.0f} bytes a document")

    class Keyed:
        async def read(self, _: object) -> Any:  # noqa: ANN401 - never called
            raise NotImplementedError

    reader = Keyed()
    reader.key = key  # type: ignore[attr-defined]
    local_gateway = LocalGateway()
    coordinator = Coordinator(local_gateway, store, key)
    arrivals = _Arrivals(coordinator, store, reader)  # type: ignore[arg-type]
    setup = SetUp(local_gateway, arrivals.read)
    cpu, began = time.process_time(), time.perf_counter()
    loaded = arrivals.iterate_sources(iter(made))
    summary = await runs.run(loaded, reader, store, RunOptions(), Watch(), setup)  # type: ignore[arg-type]
    arrivals.end()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    stored = sum(store.read(f"SELECT count(*) FROM {table}").rows[0][0] for table in TABLES)  # noqa: S608 - of this file
    print(
        f"loading {summary.read:,} documents: {count / seconds:.0f} documents/s, "
        f"{stored / seconds:,.0f} rows/s ({stored / count:.1f} a document), "
        f"{1000 * cpu / count:.2f} CPU ms a document; "
        f"database {store.path.stat().st_size / count:,.0f} bytes a document"
    )


def main() -> None:
    """Measure all three."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--copies", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        with _connected(None, WORKERS + 1):
            print(f"start of a cluster of one machine: {time.perf_counter() - began:.1f} s")
            asyncio.run(gateway(Path(name)))
            listed = subprocess.run(
                ["ps", "-eo", "rss=,args="],  # noqa: S607 - wherever it is
                capture_output=True, text=True, check=True,
            ).stdout.splitlines()  # fmt: skip
            kilobytes = [int(line.split()[0]) for line in listed if "ray" in line]
            print(f"its processes: {len(kilobytes)}, resident {sum(kilobytes) / 1024:.0f} MB")
        asyncio.run(shards(Path(name), given.documents, given.copies))


if __name__ == "__main__":
    main()
