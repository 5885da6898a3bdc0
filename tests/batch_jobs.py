"""Batch jobs over invented bulletins, against the fault server, and what to compare them by."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from examples.fault_server import Serving
from examples.fault_server.batches import Batch
from examples.make_backlog import bulletins
from pipeline import runs
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.session import run_batch
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.documents import LoadedSource
from pipeline.forms import prompts
from pipeline.llm.reader import LlmReader
from pipeline.runs import RunOptions, Summary, Watch
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from schemas.document import Document, Metadata, Source

KEY = "sk-secret"
PRICES = Prices(own={"faulty": OwnPrice(input=1.0, output=4.0, batch_discount=0.5)})
QUICK = BatchOptions(poll_seconds=0.1)


@cache
def texts(count: int) -> tuple[str, ...]:
    return tuple(text.strip() for _, text in bulletins(count, seed=3, near=0.0))


def loaded(count: int) -> list[LoadedSource]:
    return [
        LoadedSource(
            Source(path=f"{number}.txt"),
            Document(
                id=hashlib.sha256(text.encode()).hexdigest(),
                text=text,
                metadata=Metadata(format="txt"),
            ),
        )
        for number, text in enumerate(texts(count))
    ]


def hold(server: Serving) -> Callable[[], None]:
    """Keep a server's batches from what they have in progress; give what lets go of them."""
    go = threading.Event()

    async def pause(batch: Batch, _: float) -> None:
        while batch.told["status"] == "in_progress" and not go.is_set():  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.005)

    server.server.batches.pause = pause
    return go.set


@dataclass
class Jobs:
    """Runs jobs on one database against one server, and notes what they say."""

    folder: Path
    server: Serving
    said: list[str] = field(default_factory=list)
    when_said: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What is done when a job says something with these words."""

    @property
    def settings(self) -> Settings:
        llm = LlmSettings(
            model="faulty",
            prompt="quoted-v1",  # a request has about 3,000 tokens, which limits are set by
            base_url=self.server.base_url,
            server_name="faulty",  # whatever its port
            api_key=SecretStr(KEY),
            prices=PRICES,
            transport_attempts=3,
        )
        return Settings(db=self.folder / "a.duckdb", llm=llm)

    @property
    def store(self) -> Store:
        return Store(self.settings.db)

    def run(
        self,
        documents: Iterable[LoadedSource] | None,
        options: BatchOptions = QUICK,
        until: Until = Until.DONE,
        **changes: Any,  # noqa: ANN401 - of settings
    ) -> Summary:
        settings = self.settings.model_copy(update=changes)
        watch = Watch(say=self.hear)
        return asyncio.run(run_batch(settings, documents, self.store, options, watch, until))

    def hear(self, line: str) -> None:
        """Note what a job says."""
        self.said.append(line)
        for words, act in self.when_said.items():
            if words in line:
                act()

    def online(self, documents: list[LoadedSource]) -> Summary:
        """Read without batches, into a database of its own."""
        return asyncio.run(read_online(self.settings.llm, documents, self.online_store))

    @property
    def online_store(self) -> Store:
        return Store(self.folder / "online.duckdb")

    def hold(self) -> Callable[[], None]:
        """See `hold`."""
        return hold(self.server)

    def asked_twice(self) -> list[object]:
        """Name the questions that the server has answered more than once."""
        return [one for one in self.server.log()["answers"] if len(one["times"]) > 1]

    def outcomes(self) -> dict[str, int]:
        """Count what became of requests."""
        rows = self.store.read("SELECT outcome, count(*) FROM batch_results GROUP BY ALL").rows
        return dict(rows)

    def states(self) -> list[str]:
        """Give the newest state of each batch."""
        return [
            state
            for (state,) in self.store.read(
                "SELECT arg_max(state, number) FROM batch_states GROUP BY batch ORDER BY ALL"
            ).rows
        ]


async def read_online(llm: LlmSettings, documents: list[LoadedSource], store: Store) -> Summary:
    """Read without batches."""
    async with aclosing(LlmReader(llm, prompts.load_prompt(llm.prompt))) as reader:
        return await runs.run(documents, reader, store, RunOptions(), Watch())


def prepare_to_fork(llm: LlmSettings, folder: Path, number: int) -> None:
    """Read the document with that number here: else each process that is forked makes anew what is
    made once for a process."""
    import openai.resources  # noqa: F401, PLC0415 - the same, and not while tests are collected

    one, store = loaded(number + 1)[number:], Store(folder / "beforehand.duckdb")
    asyncio.run(read_online(llm, one, store))


def rows(store: Store) -> dict[str, list[Any]]:
    """Give all that readings say, without IDs, times and costs."""
    return {
        "readings": store.read(
            "SELECT document_id, status, title, bulletin_kind, report, error FROM readings "
            "ORDER BY ALL"
        ).rows,
        "figures": store.read(
            "SELECT * EXCLUDE (reading_id) FROM figures ORDER BY document_id, number"
        ).rows,
        "findings": store.read(
            "SELECT * EXCLUDE (reading_id) FROM findings ORDER BY document_id, number"
        ).rows,
        # A source has a row as pending, and another once its document was read.
        "sources": store.read(
            "SELECT DISTINCT path, record, document_id FROM sources ORDER BY ALL"
        ).rows,
    }
