"""What is told of runs that nobody can ask any more."""

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.console import run_list, run_status
from pipeline.runs.lock import alone, held
from pipeline.runs.progress_file import (
    ProgressFile,
    ProgressRecord,
    progress_path,
    read_progress,
)
from pipeline.store import Store, new_run
from tests.processes import Process
from tests.readings import KEY, a_document, a_reading, put

FACTS = {
    **KEY.model_dump(),
    "total": 8,
    "documents": 4,
    "read": 3,
    "failed": 1,
    "cost_usd": 1.5,
    "expected_usd": 3.0,
    "findings": {"error": 1, "warning": 0, "info": 2},
    "started_at": "2026-11-22T06:00:00",
    "seconds": 60.0,
    "rates": {"rpm": 500.0, "tpm": None, "held": True},
    "something": "that a later version tells",
}


def tell(db: Path, run_id: str = "a" * 32, pid: int | None = None, at: str = "07:00:00") -> None:
    told = ProgressRecord(run_id, pid or os.getpid(), f"2026-11-22T{at}", json.dumps(FACTS))
    ProgressFile(progress_path(db)).tell(told)


def dead_pid() -> int:
    with Process([sys.executable, "-c", ""]) as ended:
        return ended.pid


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "a b?#.duckdb"


def test_a_run_is_under_way_while_its_process_lives_and_holds_the_lock(db: Path) -> None:
    tell(db)
    assert run_list.find_running(db) is None
    with alone(db):
        live = run_list.find_running(db)
        assert live is not None
        assert (live.progress.read, live.progress.done, live.rates) == (3, 4, (500.0, None, True))
    assert run_list.find_running(db) is None


def test_the_lock_of_another_brings_no_killed_run_to_life(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(db, pid=dead_pid())
    Store(db).prepare()
    with alone(db):
        found = run_status.find_status(db)
        assert (found.live, found.busy) == (None, True)
        run_status.show(found, as_json=False)
    assert "has not told how far it is yet" in capsys.readouterr().out


def test_only_the_latest_that_told_can_be_under_way(db: Path) -> None:
    tell(db, "b" * 32, at="07:30:00")
    tell(db, "a" * 32, at="07:00:00")
    Store(db).prepare()
    with alone(db):
        runs = run_list.fetch_runs(Store(db))
    assert {run.run_id[0]: run.outcome for run in runs} == {"a": "killed", "b": "under way"}


def test_a_run_that_stored_nothing_is_listed_as_it_told_even_without_a_database(db: Path) -> None:
    tell(db)
    (run,) = run_list.fetch_runs(Store(db))
    assert (run.outcome, run.read, run.cost_usd) == ("killed", 3, 1.5)
    assert not db.exists()


def test_a_killed_run_counts_what_it_stored_and_not_what_it_told(db: Path) -> None:
    store = Store(db)
    store.prepare()
    run = new_run(KEY)
    document = a_document()
    put(store, run, (document, a_reading(document)))
    tell(db, run.run_id)
    (listed,) = run_list.fetch_runs(store)
    assert (listed.outcome, listed.documents, listed.read, listed.failed) == ("killed", 1, 1, 0)
    assert listed.cost_usd == 0.25


@pytest.mark.parametrize("facts", ["{", "[]", '{"total": 1}', json.dumps(FACTS | {"rates": 7})])
def test_what_another_version_told_in_a_shape_of_its_own_is_passed_over(facts: str) -> None:
    assert run_list.parse_progress(ProgressRecord("a", 1, "2026-11-22T07:00:00", facts)) is None


def test_the_page_says_how_fast_how_long_and_what_it_costs(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(db)
    with alone(db):
        run_status.show(run_status.find_status(db), as_json=False)
        shown = " ".join(capsys.readouterr().out.split())
        run_status.show(run_status.find_status(db), as_json=True)
    assert "done 4 of 8 (50%)" in shown
    assert "rate 0.1 documents/s time left 1 min" in shown
    assert "cost $1.50 of about $3.00" in shown
    assert "held to 500 requests a minute (by the server)" in shown
    assert "last heard of" in shown
    told = json.loads(capsys.readouterr().out)["under_way"]
    assert (told["seconds_left"], told["done"], told["rates"]["rpm"]) == (60.0, 4, 500.0)


def test_a_run_that_counts_something_else_is_told_without_what_it_did_not_count(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, run, document = Store(db), new_run(KEY), a_document()
    store.prepare()
    put(store, run, (document, a_reading(document)))
    store.end(run, "finished", None, '{"documents": 1, "judged": 1}')
    run_status.show(run_status.find_status(db), as_json=False)
    assert capsys.readouterr().out.endswith(" and ended: finished.\n")


def test_who_watches_waits_for_a_run_that_has_told_nothing_yet(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(db).prepare()
    with ExitStack() as lock:
        lock.enter_context(alone(db))
        steps = iter([lambda: tell(db), lock.close])
        slept = SimpleNamespace(sleep=lambda _: next(steps)())
        monkeypatch.setattr(run_status, "time", slept)
        run_status.watch(db)
    assert "4 of 8 (50%) done" in capsys.readouterr().out


def test_to_look_makes_and_changes_nothing(db: Path) -> None:
    path = progress_path(db)
    assert read_progress(path) == ()
    assert held(db) is False
    assert list(db.parent.iterdir()) == []
    tell(db)
    before = path.read_bytes()
    assert len(read_progress(path)) == 1
    assert path.read_bytes() == before
    assert sorted(each.name for each in db.parent.iterdir()) == [f"{db.name}.progress"]
