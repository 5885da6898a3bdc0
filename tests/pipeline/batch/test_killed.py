"""A batch job that is killed goes on where it was: nothing is asked twice, nothing is lost."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples.fault_server.__main__ import main as fault_server
from pipeline.batch.options import BatchOptions
from pipeline.batch.provider import Provider
from pipeline.batch.session import run_batch
from pipeline.batch.spool import Spool, spool_folder
from pipeline.calls.journal import Journal, journal_path
from pipeline.runs import Watch
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from tests.batch_jobs import PRICES, loaded, prepare_to_fork, read_online, rows
from tests.forks import kill_at_each_step, serving_forked
from tests.processes import PATIENCE

DOCUMENTS = 6
TERMS = BatchOptions(requests=4, poll_seconds=0.05, rounds=5, unconfirmed_seconds=0.2)
STEPS = (
    (Store, "insert"),
    (Store, "append"),
    (Journal, "keep"),
    (Spool, "seal"),
    (Provider, "upload"),
    (Provider, "create"),
    (Provider, "delete"),
    (Provider, "download"),
)
"""Where a process touches anything that outlives it."""


@pytest.fixture
def base_url() -> Iterator[str]:
    """Run a server in a process of its own: this one is forked."""
    options = ("--port", "0", "--batch-seconds", "0.05", "--batch-faults", "0.3", "--seed", "5")
    with serving_forked(fault_server, *options) as line:
        yield line.split()[0]


def settings(folder: Path, base_url: str) -> Settings:
    llm = LlmSettings(model="faulty", base_url=base_url, prices=PRICES)
    return Settings(db=folder / "a.duckdb", llm=llm)


def job(folder: Path, base_url: str) -> None:
    """Run a whole job; in a child process, whose status says whether it came to its end."""
    its = settings(folder, base_url)
    documents = loaded(DOCUMENTS)
    summary = asyncio.run(run_batch(its, documents, Store(its.db), TERMS, Watch()))
    assert summary.outcome == "finished", summary.reason


def check(folder: Path, base_url: str) -> None:
    """See that the end is that of an undisturbed online run, and that nothing was asked twice."""
    with urllib.request.urlopen(base_url.removesuffix("/v1") + "/log", timeout=PATIENCE) as log:  # noqa: S310 - ours
        told = json.load(log)
    assert [one for one in told["answers"] if len(one["times"]) > 1] == []
    assert told["batched"] >= DOCUMENTS
    its = settings(folder, base_url)
    online = Store(folder / "online.duckdb")
    asyncio.run(read_online(its.llm, loaded(DOCUMENTS), online))
    assert rows(Store(its.db)) == rows(online)
    assert not spool_folder(its.db).exists()
    with closing(Journal(journal_path(its.db))) as journal:
        assert journal.list_unfinished() == ()


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False])
def test_killed_before_or_after_any_step(*, before: bool, base_url: str, tmp_path: Path) -> None:
    prepare_to_fork(settings(tmp_path, base_url).llm, tmp_path, DOCUMENTS)
    killed = kill_at_each_step(lambda _: job(tmp_path, base_url), STEPS, before=before)
    assert killed > 5
    check(tmp_path, base_url)
