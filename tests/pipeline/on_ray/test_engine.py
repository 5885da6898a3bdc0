"""Runs on a real cluster of one machine; its workers and its driver are killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from examples.fault_server import Options, Serving, serving
from examples.make_backlog import bulletins
from pipeline.calls.journal import journal_path
from pipeline.errors import StoreError, UsageError
from pipeline.near.dedupe import DedupeCounts, compare_all
from pipeline.on_ray.leftover_shards import folder_of
from pipeline.store import Store
from tests.pipeline.on_ray.driver import run_local, run_on_ray, settings_for

ray = pytest.importorskip("ray")
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
    "signatures": "document_id, hashes, numbers",
}
"""What two runs have in common: all but their IDs and times."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Run a cluster of three CPUs; give its address."""
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_BACKEND_LOG_LEVEL": "fatal",
        "RAY_worker_niceness": "0",  # else other tests keep it from the processor
    }
    about = ray.init(
        "local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR",
        object_store_memory=300_000_000,
    )  # fmt: skip
    yield str(about["address"])
    ray.shutdown()


@pytest.fixture
def backlog_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lay out 120 bulletins in files, JSONL and Parquet, with all that can be wrong with them."""
    monkeypatch.chdir(tmp_path)
    texts = [text for _, text in bulletins(120)]
    folder = Path("boletines")
    folder.mkdir()
    for number, text in enumerate(texts[:60]):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    (folder / "otra vez.md").write_text(texts[3], encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 of nothing")
    records = [{"clave": f"k{n}", "cuerpo": text} for n, text in enumerate(texts[60:90])]
    lines = [json.dumps(record) for record in [*records, records[0] | {"clave": "twice"}]]
    lines.insert(7, "{no json")
    Path("unos.jsonl").write_text("\n".join(lines), encoding="utf-8")
    table = pa.table({"clave": [f"p{n}" for n in range(30)], "cuerpo": texts[90:]})
    parquet.write_table(table, "otros.parquet")
    return ["boletines", "unos.jsonl", "otros.parquet", "not there.txt"]


def rows(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    store = Store(db)
    compare_all(store, DedupeCounts(), lambda _: None)
    return {
        table: sorted(store.read(f"SELECT {columns} FROM {table}").rows, key=repr)  # noqa: S608 - of this file
        for table, columns in ROWS.items()
    }


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def kept(db: Path) -> set[str]:
    """Give the documents of which an answer is kept, in the journal or in the database."""
    found: set[str] = set()
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(journal_path(db))) as journal:
        found |= {row[0] for row in journal.execute("SELECT document_id FROM answers")}
    with suppress(StoreError):
        found |= {row[0] for row in Store(db).read("SELECT document_id FROM readings").rows}
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
        if about(pid, "cmdline").startswith("ray::MapWorker(MapBatches(Reading))")
        and parent(parent(pid)) == str(os.getpid())
    ]


@pytest.mark.usefixtures("cluster")
def test_same_rows_as_local_and_nothing_left_to_do(
    backlog_folder: list[str], tmp_path: Path
) -> None:
    local_db, ray_db = tmp_path / "local.duckdb", tmp_path / "ray.duckdb"
    faults = Options(faults=0.2, kinds=("json", "invented"))
    with serving(faults) as server:
        local = run_local(settings_for(local_db, server.base_url), backlog_folder)
        asked = server.log()["delivered"]
    with serving(faults) as server:
        spread = run_on_ray(settings_for(ray_db, server.base_url), backlog_folder)
        assert server.log()["delivered"] == asked > 120
        again = run_on_ray(settings_for(ray_db, server.base_url), backlog_folder)
        assert server.log()["delivered"] == asked
    other = {"seconds", "failures", "cost_usd"}
    assert spread.model_dump(exclude=other) == local.model_dump(exclude=other)
    assert spread.cost_usd == pytest.approx(local.cost_usd)
    assert {f.error for f in spread.failures} == {f.error for f in local.failures}
    assert (spread.read, spread.failed, spread.duplicates) == (120, 3, 2)
    assert (again.read, again.unchanged, again.failed) == (0, 120, 3)
    assert rows(ray_db) == rows(local_db)
    assert not folder_of(ray_db).exists()
    assert not journal_path(ray_db).exists()


@pytest.mark.usefixtures("cluster")
def test_killed_worker_is_replaced_and_no_kept_answer_asked_again(
    backlog_folder: list[str], tmp_path: Path
) -> None:
    local_db, ray_db = tmp_path / "local.duckdb", tmp_path / "ray.duckdb"
    killed: list[tuple[int, set[str]]] = []

    with serving(Options(latency=0.3)) as server:

        def kill() -> None:
            wait_for(lambda: len(kept(ray_db)) >= 30)
            (victim, *_) = reading_processes()
            before = kept(ray_db)
            os.kill(victim, signal.SIGKILL)
            killed.append((victim, before))

        killer = threading.Thread(target=kill)
        killer.start()
        summary = run_on_ray(settings_for(ray_db, server.base_url), backlog_folder)
        killer.join()
        asked = times_asked(server)
    assert killed
    before = killed[0][1]
    assert 30 <= len(before) < 120
    assert all(asked[document_id] == 1 for document_id in before)
    assert sum(asked.values()) <= 120 + 8  # what was in flight
    assert summary.read == 120
    with serving() as server:
        run_local(settings_for(local_db, server.base_url), backlog_folder)
    assert rows(ray_db) == rows(local_db)


def test_killed_driver_goes_on_where_it_was(
    cluster: str, backlog_folder: list[str], tmp_path: Path
) -> None:
    db, paths = tmp_path / "ray.duckdb", [str(tmp_path / backlog_folder[0])]
    with serving(Options(latency=0.3)) as server:
        driver = subprocess.Popen(  # noqa: S603 - the driver to be killed
            [sys.executable, "-m", DRIVER, cluster, str(db), server.base_url, *paths],
            cwd=Path(__file__).parents[3],
        )
        try:
            wait_for(lambda: len(kept(db)) >= 20)
        finally:
            driver.kill()
            driver.wait()
        before = kept(db)
        wait_for(lambda: server.log()["in_flight"] == 0)
        summary = run_on_ray(settings_for(db, server.base_url), paths)
        asked = times_asked(server)
    assert 20 <= len(before) < 60
    assert all(asked[document_id] == 1 for document_id in before)
    assert summary.read + summary.unchanged == 60
    stored = Store(db).read("SELECT count(*), count(DISTINCT document_id) FROM readings").rows
    assert stored == [(60, 60)]


@pytest.mark.usefixtures("cluster")
def test_one_rate_limit_and_one_budget_hold_for_all_workers(
    backlog_folder: list[str], tmp_path: Path
) -> None:
    with serving() as server:
        settings = settings_for(tmp_path / "ray.duckdb", server.base_url, rpm=600, budget=0.22)
        summary = run_on_ray(settings, backlog_folder[:1])
        told = server.log()
    assert summary.outcome == "budget"
    assert "$0.22" in (summary.reason or "")
    assert 0 < (told["prompt_tokens"] + told["completion_tokens"]) / 1e6 <= 0.22
    seconds = {int(at): count for at, count in told["requests_in_second"].items()}
    for first in seconds:
        for last in (second for second in seconds if second >= first):
            came = sum(count for at, count in seconds.items() if first <= at <= last)
            # At most ten at once, and what was let out in the second before may come late.
            assert came <= 10 * (last - first + 2) + 10 + 1


@pytest.mark.usefixtures("cluster", "backlog_folder")
def test_baseline_and_a_url_are_read_too(tmp_path: Path) -> None:
    db = tmp_path / "ray.duckdb"
    summary = run_on_ray(settings_for(db, None), [(tmp_path / "boletines").as_uri()])
    assert (summary.read, summary.duplicates, summary.reader.reader) == (60, 1, "baseline")


@pytest.mark.usefixtures("cluster", "backlog_folder")
def test_more_workers_than_the_cluster_has_room_for_are_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "ray.duckdb", None).model_copy(update={"workers": 3})
    with pytest.raises(UsageError, match="the cluster has 3, and 3 workers"):
        run_on_ray(settings, ["boletines"])
