"""Commands on batches that are killed anywhere, against servers that lose, hide and delay.

JORNADA_TEST_KILLS says how many are killed in all, by default so few that it does not take long.
"""

import asyncio
import json
import os
import random
import signal
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from examples.fault_server.__main__ import main as fault_server
from pipeline.batch import ledger
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.provider import Provider
from pipeline.batch.session import run_batch
from pipeline.batch.spool import Spool
from pipeline.calls.journal import Journal
from pipeline.errors import StoreError
from pipeline.runs import Summary, Watch
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from tests.batch_jobs import PRICES, loaded, prepare_to_fork, read_online, rows
from tests.forks import die_at, forked, serving_forked
from tests.processes import PATIENCE

MANNERS = {
    "lost": ("--batch-trouble", ",".join(["lost", "broken", "garbled", "unmade"] * 50)),
    "no-file": ("--batch-manners", "no-file"),
    "capitals": ("--batch-manners", "capitals,envelope,bare,unnamed"),
    "azure": ("--batch-manners", "pending,short-url,empty", "--batch-pending", "0.2"),
}
KILLS = int(os.environ.get("JORNADA_TEST_KILLS", "4"))
EACH = -(-KILLS // len(MANNERS))
OPTIONS = BatchOptions(requests=2, poll_seconds=0.05, rounds=5, unconfirmed_seconds=0.5)
BUDGET = 0.13  # US dollars: what about ten questions may cost at most
STEPS = (
    (Store, "insert"),
    (Store, "append"),
    (Journal, "keep"),
    (Spool, "seal"),
    *((Provider, name) for name in ("upload", "create", "find_batch", "delete", "download")),
)


@pytest.fixture(params=MANNERS)
def base_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a server in a process of its own: this one is forked."""
    options = ("--port", "0", "--batch-seconds", "0.05", *MANNERS[request.param])
    with serving_forked(fault_server, *options) as line:
        yield line.split()[0]


class Job:
    """One database and one server, and commands on them."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._base_url = base_url
        llm = LlmSettings(model="faulty", base_url=base_url, prices=PRICES)
        self.settings = Settings(db=folder / "a.duckdb", budget=BUDGET, llm=llm)
        self.online = Store(folder / "online.duckdb")

    def run(self, documents: int, until: Until, budget: float | None = BUDGET) -> Summary:
        """Submit so many documents, or collect for none, within a budget."""
        settings = self.settings.model_copy(update={"budget": budget})
        store, wanted = Store(settings.db), loaded(documents) if documents else None
        return asyncio.run(run_batch(settings, wanted, store, OPTIONS, Watch(), until))

    def die_in(self, work: Callable[[], object], step: int, *, before: bool) -> None:
        """Do work as far as a step, counted from 1; what it does after that is undisturbed."""
        die_at(step, STEPS, before=before)
        work()

    def check(self) -> None:
        """See that nothing is out twice, and that what is out fits into the budget."""
        log = self.log()
        assert log["out_twice"] == 0
        assert [one for one in log["answers"] if len(one["times"]) > 1] == []
        store = Store(self.settings.db)
        try:
            with store.keep_open(read_only=True):
                batches = ledger.fetch_batches(store) if ledger.has_batches(store) else ()
        except StoreError:  # killed before anything was stored
            return
        assert sum(each.state == "unconfirmed" for each in batches) <= 1
        assert sum(each.usd or 0.0 for each in batches if ledger.is_open(each)) <= BUDGET

    def check_end(self, documents: int) -> None:
        """See that all figures are there, and that what is told to have been paid was paid."""
        self.check()
        store, log = Store(self.settings.db), self.log()
        asyncio.run(read_online(self.settings.llm, loaded(documents), self.online))
        assert rows(store) == rows(self.online)
        assert log["batched"] == documents
        price = PRICES.own["faulty"]
        charged = sum(
            (one["prompt_tokens"] * price.input + one["completion_tokens"] * price.output) / 2e6
            for one in log["batches"].values()
        )
        ((told,),) = store.read("SELECT sum(cost_usd) FROM batch_results").rows
        assert told == pytest.approx(charged)

    def log(self) -> dict[str, Any]:
        """Give the server's own book-keeping."""
        url = self._base_url.removesuffix("/v1") + "/log"
        with urllib.request.urlopen(url, timeout=PATIENCE) as log:  # noqa: S310 - ours
            told: dict[str, Any] = json.load(log)
            return told


@pytest.mark.slow
@pytest.mark.timeout(120 + 30 * EACH)
def test_no_question_is_out_twice_and_no_budget_is_passed(
    base_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{request.node.name} {KILLS}")  # noqa: S311 - no secret
    job, kills, documents = Job(tmp_path, base_url), 0, 0
    prepare_to_fork(job.settings.llm, tmp_path, 8 * EACH)
    for _ in range(8 * EACH):
        if kills == EACH:
            break
        documents += 1
        until = chance.choice([Until.SUBMITTED, Until.SUBMITTED, Until.COLLECTED, Until.DONE])
        asked = documents if until is Until.SUBMITTED or chance.random() < 1 / 2 else 0
        step, before = chance.randint(1, 20), chance.random() < 1 / 2
        seconds = chance.uniform(0.1, 1.5) if chance.random() < 1 / 3 else None

        work = partial(job.run, asked, until)
        if seconds is None:
            work = partial(job.die_in, work, step, before=before)
        kills += forked(work, seconds) == -signal.SIGKILL
        assert forked(job.check) == 0, f"after {kills} kills"
    assert kills == EACH
    job.run(documents, Until.DONE, budget=None)
    job.check_end(documents)
