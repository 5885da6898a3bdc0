"""`jornada runs` and `jornada status`, beside a run that really goes on."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command import Jornada, Model, Ran, held_up, serve_model, start, wait_until_stored
from tests.processes import Process, wait_until

pytestmark = pytest.mark.slow
HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


EXTRACT = ("extract", "bulletins", "--concurrency", "2")


def facts(ran: Ran) -> Any:  # noqa: ANN401 - what JSON holds
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def told_until(here: Jornada, read: int) -> Any:  # noqa: ANN401 - the same
    """Ask until the run has told of so many; it does so once a second."""

    def live() -> Any:  # noqa: ANN401 - the same
        told = facts(here("status", "--json"))["under_way"]
        return told if told is not None and told["read"] == read else None

    return wait_until(live)


@pytest.mark.usefixtures("bulletins", "begun")
def test_a_run_is_seen_while_it_goes_on_and_after_it_was_killed(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=4) as process:
        live = told_until(here, 4)
        assert (live["done"], live["total"], live["pid"]) == (4, 12, process.pid)
        assert (live["model"], live["prompt"], live["failed"]) == ("scripted", "anchored-v2", 0)
        assert live["seconds_left"] > 0
        shown = here("status").stdout
        assert "4 of 12 (33%)" in shown
        assert f"process {process.pid}" in shown
        (listed,) = facts(here("runs", "--json"))
        assert (listed["outcome"], listed["read"]) == ("under way", 4)
        assert process.poll() is None
        wait_until_stored(tmp_path, 4)
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL

    (listed,) = facts(here("runs", "--json"))
    assert (listed["outcome"], listed["documents"], listed["read"]) == ("killed", 4, 4)
    said = here("status").stdout
    assert "No run is under way." in said
    assert "was killed; 4 read, 0 in part, 0 failed." in said
    assert "Run the same command again to go on" in said
    assert facts(here("status", "--json"))["last"]["outcome"] == "killed"

    model.let_go.set()
    assert here("extract", "bulletins", **model.configured).returncode == 0
    last, killed = facts(here("runs", "--json"))
    assert (last["outcome"], last["read"], last["reason"]) == ("finished", 8, None)
    assert killed["run_id"] == listed["run_id"]
    assert "ended: finished" in here("status").stdout


@pytest.mark.usefixtures("bulletins", "begun")
def test_status_looks_at_a_run_whose_database_is_held(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=3) as process:
        told_until(here, 3)
        wait_until_stored(tmp_path, 3)
        # It holds the file as the writer does.
        command = [sys.executable, "-c", HOLD, str(tmp_path / "jornada.duckdb")]
        with Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.line() == "held\n"
            live = facts(here("status", "--json"))["under_way"]
            holder.communicate("\n")
        assert live["pid"] == process.pid
        model.let_go.set()
        assert process.wait() == 0, "the run was not disturbed"


@pytest.mark.usefixtures("bulletins", "begun")
def test_watching_goes_on_until_the_run_ends(here: Jornada, tmp_path: Path, model: Model) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=3) as process:
        with start(tmp_path, "status", "--watch") as watcher:
            assert "of 12" in watcher.line()
            assert watcher.poll() is None
            model.let_go.set()
            rest, _ = watcher.communicate()
        process.wait()
    assert watcher.returncode == 0
    assert "No run is under way. The last was" in rest
    assert here("status", "--watch", "--json").returncode == 2


@pytest.mark.usefixtures("extracted")
def test_a_run_that_ended_is_listed_as_it_ended(here: Jornada, tmp_path: Path) -> None:
    (listed,) = facts(here("runs", "--json"))
    assert (listed["reader"], listed["outcome"], listed["documents"], listed["read"]) == (
        "llm", "finished", 12, 12,
    )  # fmt: skip
    row = next(line for line in here("runs").stdout.splitlines() if "llm, scripted" in line)
    assert listed["run_id"][:8] in row
    assert row.split()[-1] != "", "how long it took"
    assert not (tmp_path / "jornada.duckdb.journal").exists(), "to look makes no file"


@pytest.mark.usefixtures("bulletins", "begun")
def test_a_run_that_was_stopped_is_told_with_the_reason(here: Jornada) -> None:
    with serve_model() as refusing:
        refusing.refusal = 404
        assert here("extract", "bulletins", **refusing.configured).returncode == 2
    (listed,) = facts(here("runs", "--json"))
    assert listed["outcome"] == "refused"
    assert "10 failures in a row" in listed["reason"]
    said = here("status").stdout
    assert "ended: refused (10 failures in a row" in said
    assert "Run the same command again to go on" in said


def test_without_a_database_both_say_so_and_make_no_file(tmp_path: Path, here: Jornada) -> None:
    for command in ("runs", "status"):
        ran = here(command)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "no such database" in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("extracted")
def test_a_database_of_before_backlogs_has_its_runs_listed(here: Jornada, tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "jornada.duckdb") as con:
        con.execute("ALTER TABLE runs DROP COLUMN parameters")
    (listed,) = facts(here("runs", "--json"))
    assert listed["outcome"] == "finished"
