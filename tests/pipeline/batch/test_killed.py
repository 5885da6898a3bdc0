"""A batch job that is killed goes on where it was: nothing is asked twice, nothing is lost."""

import asyncio
import functools
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import runs
from pipeline.batch.options import BatchOptions
from pipeline.batch.provider import Provider
from pipeline.batch.session import run_batch
from pipeline.batch.spool import spool_folder
from pipeline.calls.journal import Journal, journal_path
from pipeline.forms.prompts import load_prompt
from pipeline.llm.reader import LlmReader
from pipeline.runs import Watch
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from tests.batch_jobs import PRICES, loaded, rows, texts
from tests.command import environment

ROOT = Path(__file__).parents[3]
DOCUMENTS = 6
TERMS = BatchOptions(requests=4, poll_seconds=0.2, rounds=5)
STEPS = (
    (Store, "insert"),
    (Store, "append"),
    (Journal, "keep"),
    (Provider, "upload"),
    (Provider, "create"),
    (Provider, "delete"),
    (Provider, "download"),
)
"""Where a process touches anything that outlives it."""


@pytest.fixture
def base_url() -> Iterator[str]:
    """Run a server in a process of its own: this one is forked."""
    options = ("--port", "0", "--batch-seconds", "0.5", "--batch-faults", "0.3", "--seed", "5")
    with subprocess.Popen(  # noqa: S603 - a script of ours
        [sys.executable, "-m", "examples.fault_server", *options],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[0]
        server.send_signal(signal.SIGINT)


def settings(folder: Path, base_url: str) -> Settings:
    llm = LlmSettings(model="faulty", base_url=base_url, prices=PRICES)
    return Settings(db=folder / "a.duckdb", llm=llm)


def job(folder: Path, base_url: str) -> None:
    """Run a whole job; in a child process, whose status says whether it came to its end."""
    its = settings(folder, base_url)
    documents = loaded(DOCUMENTS)
    summary = asyncio.run(run_batch(its, documents, Store(its.db), TERMS, Watch()))
    assert summary.outcome == "finished", summary.reason


def forked(work: Callable[[], None]) -> int:
    """Do work in a child process, and give its ID."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def dying(at: int, *, before: bool) -> None:
    """Let this process be killed at its step with that number."""
    steps = itertools.count(1)

    def armed(kind: type, name: str) -> None:
        real = getattr(kind, name)

        def die_before() -> bool:
            if next(steps) != at:
                return False
            if before:
                os.kill(os.getpid(), signal.SIGKILL)
            return True

        if asyncio.iscoroutinefunction(real):

            @functools.wraps(real)
            async def step(*given: object, **named: object) -> object:
                dies = die_before()
                value = await real(*given, **named)
                if dies:
                    os.kill(os.getpid(), signal.SIGKILL)
                return value
        else:

            @functools.wraps(real)
            def step(*given: object, **named: object) -> object:
                dies = die_before()
                value = real(*given, **named)
                if dies:
                    os.kill(os.getpid(), signal.SIGKILL)
                return value

        setattr(kind, name, step)

    for kind, name in STEPS:
        armed(kind, name)


def check(folder: Path, base_url: str) -> None:
    """See that the end is that of an undisturbed online run, and that nothing was asked twice."""
    with urllib.request.urlopen(base_url.removesuffix("/v1") + "/log") as log:  # noqa: S310 - ours
        told = json.load(log)
    assert [one for one in told["answers"] if len(one["times"]) > 1] == []
    assert told["batched"] >= DOCUMENTS
    its = settings(folder, base_url)
    online = Store(folder / "online.duckdb")
    asyncio.run(_online(its, online))
    assert rows(Store(its.db)) == rows(online)
    assert not spool_folder(its.db).exists()
    with closing(Journal(journal_path(its.db))) as journal:
        assert journal.list_unfinished() == ()


async def _online(its: Settings, store: Store) -> None:
    reader = LlmReader(its.llm, load_prompt(its.llm.prompt))
    await runs.run(loaded(DOCUMENTS), reader, store, runs.RunOptions(), Watch())
    await reader.aclose()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("before", [True, False])
def test_killed_before_or_after_any_step(*, before: bool, base_url: str, tmp_path: Path) -> None:
    texts(DOCUMENTS)

    def work(at: int) -> None:
        dying(at, before=before)
        job(tmp_path, base_url)

    for at in range(1, 200):
        child = forked(functools.partial(work, at))
        _, status = os.waitpid(child, 0)
        if status == 0:
            break
        assert os.WTERMSIG(status) == signal.SIGKILL, f"failed at step {at}"
    assert at > 5
    check(tmp_path, base_url)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_random_moments(base_url: str, tmp_path: Path) -> None:
    texts(DOCUMENTS)
    chance = random.Random(7)  # noqa: S311 - no secret
    for turn in range(12):
        child = forked(lambda: job(tmp_path, base_url))
        time.sleep(chance.uniform(0.3, 1 + turn / 3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _, status = os.waitpid(forked(lambda: job(tmp_path, base_url)), 0)
    assert status == 0
    check(tmp_path, base_url)
