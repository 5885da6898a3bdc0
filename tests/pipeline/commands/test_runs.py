"""`jornada runs` and `jornada status`, beside a run that really goes on."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command import JORNADA, Jornada, Model, Ran, environment, serve_model

pytestmark = pytest.mark.slow
HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


@contextmanager
def running(folder: Path, model: Model, *, free: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Start `jornada extract` and wait until all that it has at once waits for its model."""
    model.free = free
    with subprocess.Popen(  # noqa: S603 - the command that is beside
        [JORNADA, "extract", "bulletins", "--concurrency", "2"],
        cwd=folder,
        env=environment(JORNADA_MODEL="scripted", OPENAI_BASE_URL=model.base_url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert model.stuck.wait(60)
            yield process
        finally:
            process.kill()


def facts(ran: Ran) -> Any:  # noqa: ANN401 - what JSON holds
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def told_until(here: Jornada, read: int) -> Any:  # noqa: ANN401 - the same
    """Ask until the run has told of so many; it does so once a second."""
    while True:
        live = facts(here("status", "--json"))["under_way"]
        if live is not None and live["read"] == read:
            return live


@pytest.mark.usefixtures("bulletins")
def test_a_run_is_seen_while_it_goes_on_and_after_it_was_killed(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, free=4) as process:
        live = told_until(here, 4)
        assert (live["done"], live["total"], live["pid"]) == (4, 12, process.pid)
        assert (live["model"], live["prompt"], live["failed"]) == ("scripted", "quoted-v1", 0)
        assert live["seconds_left"] > 0
        shown = here("status").stdout
        assert "4 of 12 (33%)" in shown
        assert f"process {process.pid}" in shown
        (listed,) = facts(here("runs", "--json"))
        assert (listed["outcome"], listed["read"]) == ("under way", 4)
        assert process.poll() is None
        while not here("query", "FROM current_readings", "--csv").stdout.count("\n") > 4:
            pass
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
    configured = {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": model.base_url}
    assert here("extract", "bulletins", **configured).returncode == 0
    last, killed = facts(here("runs", "--json"))
    assert (last["outcome"], last["read"], last["reason"]) == ("finished", 8, None)
    assert killed["run_id"] == listed["run_id"]
    assert "ended: finished" in here("status").stdout


@pytest.mark.usefixtures("bulletins")
def test_status_looks_at_a_run_whose_database_is_held(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, free=3) as process:
        told_until(here, 3)
        while not here("query", "FROM current_readings", "--csv").stdout.count("\n") > 3:
            pass
        with subprocess.Popen(  # noqa: S603 - holds the file as the writer does
            [sys.executable, "-c", HOLD, str(tmp_path / "jornada.duckdb")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            live = facts(here("status", "--json"))["under_way"]
            holder.communicate(b"\n")
        assert live["pid"] == process.pid
        model.let_go.set()
        assert process.wait(60) == 0, "the run was not disturbed"


@pytest.mark.usefixtures("bulletins")
def test_watching_goes_on_until_the_run_ends(
    jornada: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, free=3) as process:
        with subprocess.Popen(  # noqa: S603 - the command that is tested
            [JORNADA, "status", "--watch"],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        ) as watcher:
            assert watcher.stdout is not None
            line = watcher.stdout.readline()
            assert "of 12" in line
            assert watcher.poll() is None
            model.let_go.set()
            rest = watcher.stdout.read()
        process.wait(60)
    assert watcher.returncode == 0
    assert "No run is under way. The last was" in rest
    assert jornada("status", "--watch", "--json").returncode == 2


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


@pytest.mark.usefixtures("bulletins")
def test_a_run_that_was_stopped_is_told_with_the_reason(here: Jornada) -> None:
    with serve_model() as refusing:
        refusing.refusal = 401
        configured = {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": refusing.base_url}
        assert here("extract", "bulletins", **configured).returncode == 2
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
