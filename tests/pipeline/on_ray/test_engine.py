"""Runs on a real cluster of one machine; its workers and its driver are killed."""

import asyncio
import json
import logging
import math
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from examples.fault_server import Options, Serving, serving
from examples.make_backlog import bulletins
from pipeline.calls.journal import journal_path
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.errors import StoreError, UsageError
from pipeline.isolation.limits import Limits
from pipeline.on_ray.leftover_shards import folder_of
from pipeline.store import Store
from tests import hostile
from tests.pipeline.on_ray.driver import run_local, run_on_ray, settings_for
from tests.processes import PATIENCE, Process, wait_until

ray = pytest.importorskip("ray")
ROOT = Path(__file__).parents[3]
DRIVER = "tests.pipeline.on_ray.driver"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    # Ray's own: it reads settings that it calls outdated, and leaves files to the collector.
    pytest.mark.filterwarnings("ignore"),
]
ROWS = {
    "documents": "document_id, title, format, published_on, text",
    "readings": "document_id, reader, model, prompt, prompt_hash, schema_hash, parameters, "
    "status, report, error, input_tokens, output_tokens, cost_usd",
    "attempts": "number, outcome, raw_answer, errors, input_tokens, output_tokens",
    "figures": "* EXCLUDE (reading_id)",
    "jornadas": "* EXCLUDE (reading_id)",
    "findings": "* EXCLUDE (reading_id)",
    "sources": "path, record, document_id, error",
}
"""What two runs have in common: all but their IDs and times."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Run a cluster of three CPUs; give its address."""
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_BACKEND_LOG_LEVEL": "fatal",
        "RAY_worker_niceness": "0",  # else other tests keep it from the processor
        # A process takes a second of a core to start: none beforehand, and none anew for a task.
        "RAY_enable_worker_prestart": "0",
        "RAY_prestart_worker_first_driver": "0",
        "RAY_idle_worker_killing_time_threshold_ms": "600000",
    }
    about = ray.init(
        "local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR",
        object_store_memory=300_000_000,
    )  # fmt: skip
    yield str(about["address"])
    ray.shutdown()


@pytest.fixture
def backlog_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lay out 80 bulletins in files, JSONL and Parquet, with all that can be wrong with them."""
    monkeypatch.chdir(tmp_path)
    texts = [text for _, text in bulletins(80)]
    folder = Path("boletines")
    folder.mkdir()
    for number, text in enumerate(texts[:40]):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    (folder / "otra vez.md").write_text(texts[3], encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 of nothing")
    records = [{"clave": f"k{n}", "cuerpo": text} for n, text in enumerate(texts[40:60])]
    lines = [json.dumps(record) for record in [*records, records[0] | {"clave": "twice"}]]
    lines.insert(7, "{no json")
    Path("unos.jsonl").write_text("\n".join(lines), encoding="utf-8")
    table = pa.table({"clave": [f"p{n}" for n in range(20)], "cuerpo": texts[60:]})
    parquet.write_table(table, "otros.parquet")
    return ["boletines", "unos.jsonl", "otros.parquet", "not there.txt"]


def rows(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    store = Store(db)
    return {
        table: sorted(store.read(f"SELECT {columns} FROM {table}").rows, key=repr)  # noqa: S608 - of this file
        for table, columns in ROWS.items()
    }


class Gate:
    """Lets a server give about so many answers: whoever asks for more is kept waiting."""

    def __init__(self, server: Serving, answers: float) -> None:
        self.answers = answers
        self._ledger = server.server.chat.ledger
        server.server.chat.pause = self.pause  # type: ignore[method-assign]

    def wait_for(self, answers: int, store: Store) -> None:
        """Wait until so many answers were given, and are kept."""
        # The server is asked first: to open a database takes long, and keeps the run from it.
        wait_until(lambda: self._ledger.delivered >= answers, f"answer {answers}")
        wait_until(lambda: len(kept(store)) >= answers, f"answer {answers}, kept")

    async def pause(self, _: float) -> None:
        while self._ledger.delivered >= self.answers:  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.005)


def kept(store: Store) -> set[str]:
    """Give the documents of which an answer is kept, in the journal or in the database."""
    found: set[str] = set()
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(journal_path(store.path))) as journal,
    ):
        found |= {row[0] for row in journal.execute("SELECT document_id FROM answers")}
    with suppress(StoreError):
        found |= {row[0] for row in store.read("SELECT document_id FROM readings").rows}
    return found


def times_asked(server: Serving) -> dict[str, int]:
    asked: dict[str, int] = {}
    for answer in server.log()["answers"]:
        asked[answer["text"]] = asked.get(answer["text"], 0) + len(answer["times"])
    return asked


def reading_processes() -> list[int]:
    """Find the processes of this cluster that read."""

    def about(pid: str, what: str) -> str:
        try:
            return Path("/proc", pid, what).read_text(errors="replace")
        except OSError:
            return ""

    def parent(pid: str) -> str:
        return about(pid, "stat").rpartition(")")[2].split()[1] if about(pid, "stat") else ""

    named = [pid for pid in os.listdir("/proc") if pid.isdecimal()]  # noqa: PTH208 - names
    return [
        int(pid)
        for pid in named
        if about(pid, "cmdline").startswith("ray::MapWorker(")
        and parent(parent(pid)) == str(os.getpid())
    ]


@pytest.mark.usefixtures("cluster")
def test_same_rows_as_local(backlog_folder: list[str], tmp_path: Path) -> None:
    local_db, ray_db = tmp_path / "local.duckdb", tmp_path / "ray.duckdb"
    faults = Options(faults=0.2, kinds=("json", "invented"))
    with serving(faults) as server:
        local = run_local(settings_for(local_db, server.base_url), backlog_folder)
        asked = server.log()["delivered"]
    with serving(faults) as server:
        spread = run_on_ray(settings_for(ray_db, server.base_url), backlog_folder)
        assert server.log()["delivered"] == asked > 80
    other = {"seconds", "failures", "cost_usd"}
    assert spread.model_dump(exclude=other) == local.model_dump(exclude=other)
    assert spread.cost_usd == pytest.approx(local.cost_usd)
    assert {f.error for f in spread.failures} == {f.error for f in local.failures}
    assert (spread.read, spread.failed, spread.duplicates) == (80, 3, 2)
    assert rows(ray_db) == rows(local_db)
    assert not folder_of(ray_db).exists()
    assert not journal_path(ray_db).exists()


def test_driver_and_then_a_worker_are_killed_and_no_kept_answer_is_asked_for_again(
    cluster: str, backlog_folder: list[str], tmp_path: Path
) -> None:
    local_db, db, paths = tmp_path / "local.duckdb", tmp_path / "ray.duckdb", backlog_folder[:1]

    store = Store(db)

    def kill_one(gate: Gate) -> set[str]:
        try:
            gate.wait_for(26, store)
            (victim, *_) = reading_processes()
            before = kept(store)
            os.kill(victim, signal.SIGKILL)
            return before
        finally:
            gate.answers = math.inf

    with serving() as server, ThreadPoolExecutor(1) as pool:
        gate = Gate(server, 12)
        command = [sys.executable, "-m", DRIVER, cluster, db, server.base_url]
        with Process([*command, tmp_path / paths[0]], cwd=ROOT) as driver:
            gate.wait_for(12, store)
            driver.kill()
        before_driver = kept(store)
        wait_until(lambda: server.log()["in_flight"] == 0)
        gate.answers = 26
        killing = pool.submit(kill_one, gate)
        settings = settings_for(db, server.base_url)
        summary = run_on_ray(settings, [str(tmp_path / paths[0])], store=store)
        before_worker = killing.result(PATIENCE)
        asked = times_asked(server)
    assert 12 <= len(before_driver) < 26
    assert 26 <= len(before_worker) < 40
    assert all(asked[document_id] == 1 for document_id in before_driver | before_worker)
    assert sum(asked.values()) <= 40 + 8 + 8  # what was in flight
    assert summary.read + summary.unchanged == 40
    stored = Store(db).read("SELECT count(*), count(DISTINCT document_id) FROM readings").rows
    assert stored == [(40, 40)]
    with serving() as server:
        run_local(settings_for(local_db, server.base_url), [str(tmp_path / paths[0])])
    there, here = rows(db), rows(local_db)
    assert set(there.pop("sources")) == set(here.pop("sources"))  # both runs have seen them
    assert there == here


@pytest.mark.usefixtures("cluster")
def test_one_rate_limit_and_one_budget_hold_for_all_workers(
    backlog_folder: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[float] = []
    take = RateLimiter.take

    def noted(rate_limiter: RateLimiter, tokens: int) -> None:
        went.append(time.monotonic())
        take(rate_limiter, tokens)

    monkeypatch.setattr(RateLimiter, "take", noted)
    with serving() as server:
        settings = settings_for(tmp_path / "ray.duckdb", server.base_url, rpm=600, budget=0.15)
        summary = run_on_ray(settings, backlog_folder[:1])
        told = server.log()
    assert summary.outcome == "budget"
    assert "$0.15" in (summary.reason or "")
    assert 0 < (told["prompt_tokens"] + told["completion_tokens"]) / 1e6 <= 0.15
    assert 20 < told["requests"] <= len(went)
    for first, at in enumerate(went):
        for last in range(first, len(went)):
            assert last - first + 1 <= 10 * (went[last] - at) + 10 + 1  # ten at once


@pytest.mark.usefixtures("cluster")
def test_baseline_and_a_url_are_read_too_and_what_was_read_is_not_read_again(
    backlog_folder: list[str], tmp_path: Path
) -> None:
    settings = settings_for(tmp_path / "ray.duckdb", None)
    folder, *others = backlog_folder
    assert run_local(settings, others).read == 40
    summary = run_on_ray(settings, [(tmp_path / folder).as_uri(), *others])
    assert (summary.read, summary.unchanged, summary.failed) == (40, 40, 3)
    assert (summary.duplicates, summary.reader.reader) == (2, "baseline")
    assert logging.getLogger("ray.data").level == logging.CRITICAL, "its lines are nobody's"


@pytest.mark.usefixtures("cluster")
def test_files_made_to_do_harm_cost_themselves(tmp_path: Path) -> None:
    names = hostile.lay_out(tmp_path / "b", (text for _, text in bulletins(20, near=0)))
    limits = {"limits": Limits(5, megabytes=200)}
    good, ray_db = (
        settings_for(tmp_path / name, None).model_copy(update=limits)
        for name in ("good.duckdb", "ray.duckdb")
    )
    run_local(good, [str(path) for path in sorted((tmp_path / "b").glob("*-bueno.txt"))])
    summary = run_on_ray(ray_db, [str(tmp_path / "b")])
    failed = {Path(one.source.partition("#")[0]).name for one in summary.failures}
    assert not [one for one in summary.failures if "unexpected" in one.error]
    assert len({one.source for one in summary.failures}) == len(summary.failures) == summary.failed
    found = set(Store(ray_db.db).read("SELECT path FROM sources WHERE error IS NULL").rows)
    read = {Path(path).name for (path,) in found}
    assert failed <= names <= failed | read
    assert set(rows(good.db)["figures"]) <= set(rows(ray_db.db)["figures"])
    assert read - names == {path.name for path in (tmp_path / "b").glob("*-bueno.txt")}


@pytest.mark.usefixtures("cluster", "backlog_folder")
def test_more_workers_than_the_cluster_has_room_for_are_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "ray.duckdb", None).model_copy(update={"workers": 3})
    with pytest.raises(UsageError, match="the cluster has 3, and 3 workers"):
        run_on_ray(settings, ["boletines"])
