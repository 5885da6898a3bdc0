"""Runs that are interrupted, killed, shared or large, through the real command."""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Coroutine
from pathlib import Path

import pytest

from tests.command import Jornada, Model, held_up, start, wait_until_stored
from tests.processes import Process, wait_until

pytestmark = pytest.mark.slow


EXTRACT = ("extract", "bulletins", "--concurrency", "2")


def stored(here: Jornada) -> int:
    ran = here("query", "SELECT count(*) AS n FROM current_readings", "--json")
    assert ran.returncode == 0, ran.stderr
    return int(json.loads(ran.stdout)[0]["n"])


def await_line(process: Process, beginning: str) -> None:
    """Read what the process tells until a line begins so."""
    assert process.stderr is not None
    told = ""
    while line := process.stderr.readline():
        told += line
        if line.startswith(beginning):
            return
    raise AssertionError(told)


def go_on(here: Jornada, model: Model) -> dict[str, object]:
    """Run the same command to its end, with a model that lets nobody wait any more."""
    model.let_go.set()
    ran = here("extract", "bulletins", "--json", **model.configured)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, object] = json.loads(ran.stdout)
    return told


@pytest.mark.usefixtures("bulletins", "begun")
def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=5) as process:
        process.send_signal(signal.SIGINT)
        await_line(process, "Stopping: ")
        model.let_go.set()
        out, err = process.communicate()
    assert process.returncode == 130
    assert "run the same command again to go on" in err
    assert "Traceback" not in err
    assert re.search(r"^read +7 *$", out, re.MULTILINE)
    assert model.asked == 7, "nothing went out after the signal"
    assert stored(here) == 7

    told = go_on(here, model)
    assert (told["read"], told["unchanged"]) == (5, 7)
    assert model.asked == 12


@pytest.mark.usefixtures("bulletins", "begun")
def test_a_second_signal_of_whatever_kind_stops_at_once_and_keeps_what_is_done(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, "--json", free=5) as process:
        process.send_signal(signal.SIGTERM)
        await_line(process, "Stopping: ")
        process.send_signal(signal.SIGHUP)
        out, err = process.communicate()
        assert not model.let_go.is_set()
    assert process.returncode == 130
    assert "Traceback" not in err
    if out:  # on a busy machine it ends itself before it has told so much
        assert (json.loads(out)["outcome"], json.loads(out)["read"]) == ("interrupted", 5)
        assert "Stopped." in err
        assert stored(here) == 5

    told = go_on(here, model)
    assert told["read"] + told["unchanged"] == 12
    assert not out or told["read"] == 7


@pytest.mark.usefixtures("bulletins", "begun")
def test_a_second_run_on_a_database_is_told_so_in_one_line(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=3) as process:
        second = here("extract", "bulletins", "--reader", "baseline")
        assert second.returncode == 2
        (line,) = [each for each in second.stderr.splitlines() if not each.startswith("Reader: ")]
        assert line.startswith("jornada.duckdb: another run is working on it")
        assert second.stdout == ""
        elsewhere = here("extract", "bulletins", "--reader", "baseline", "--db", "b.duckdb")
        assert elsewhere.returncode == 0
        model.let_go.set()
        process.communicate()
    assert process.returncode == 0
    assert here("extract", "bulletins", "--reader", "baseline").returncode == 0


def test_nothing_lies_beside_the_database_of_a_run_that_is_done(
    here: Jornada, tmp_path: Path, model: Model, bulletins: Path
) -> None:
    assert bulletins.is_dir()
    assert here("extract", "bulletins", **model.configured).returncode == 0
    beside = {path.name for path in tmp_path.glob("jornada.duckdb*")}
    assert beside - {"jornada.duckdb.lock"} == {"jornada.duckdb"}


def test_ctrl_c_before_a_run_has_begun_is_one_line(
    here: Jornada, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(work: Coroutine[None, None, None]) -> None:
        work.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(asyncio, "run", interrupted)
    ran = here("extract", "-")
    assert ran.returncode == 130
    assert ran.stderr.splitlines()[1:] == ["Stopped."]


@pytest.mark.usefixtures("begun")
def test_ctrl_c_while_standard_input_is_awaited_ends_at_once(here: Jornada, tmp_path: Path) -> None:
    def is_under_way() -> bool:
        ran = here("status", "--json")
        return ran.returncode == 0 and json.loads(ran.stdout)["under_way"] is not None

    with start(tmp_path, "extract", "-", pipes={"stdin": subprocess.PIPE}) as process:
        wait_until(is_under_way)
        process.send_signal(signal.SIGINT)
        await_line(process, "Stopping: ")
        assert process.stderr is not None
        err = process.stderr.read()
        assert process.wait() == 130
    assert err.startswith("Stopped.")
    assert err.count("\n") == 2
    assert "The 0 documents that were read are kept" in err


@pytest.mark.usefixtures("bulletins", "begun")
def test_another_process_queries_while_a_run_goes_on(
    jornada: Jornada, here: Jornada, tmp_path: Path, model: Model
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=4) as process:
        wait_until_stored(tmp_path, 4)
        assert jornada("query", "FROM current_readings", "--csv").stdout.count("\n") == 5
        assert stored(here) == 4
        exported = here("export", "--to", "so-far.csv", "--sql", "FROM current_figures")
        assert exported.returncode == 0, exported.stderr
        assert process.poll() is None
        model.let_go.set()
        process.communicate()
    assert process.returncode == 0
    assert stored(here) == 12


@pytest.mark.usefixtures("bulletins", "begun")
@pytest.mark.parametrize("free", [0, 8])
def test_a_killed_run_goes_on_where_its_last_flush_ended(
    here: Jornada, tmp_path: Path, model: Model, free: int
) -> None:
    with held_up(tmp_path, model, *EXTRACT, free=free) as process:
        if free:
            wait_until_stored(tmp_path, free)
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL

    asked = model.asked
    told = go_on(here, model)
    assert (told["read"], told["unchanged"]) == (12 - free, free)
    assert model.asked - asked == 12 - free
    assert stored(here) == 12
    runs = here("query", "SELECT count(*) AS n FROM run_ends", "--json")
    assert json.loads(runs.stdout) == [{"n": 1}], "the killed run has no end"


@pytest.mark.usefixtures("begun")
def test_a_terminal_gets_a_bar_and_failures_above_it_and_stdout_stays_clean(
    tmp_path: Path, bulletins: Path, model: Model
) -> None:
    (bulletins / "empty.txt").touch()
    ours, theirs = pty.openpty()
    asked = ("extract", "bulletins", "--json")
    with start(tmp_path, *asked, model=model, pipes={"stderr": theirs}, TERM="xterm") as process:
        os.close(theirs)
        seen = b""
        while chunk := _chunk(ours):
            seen += chunk
        out, _ = process.communicate()
    os.close(ours)
    assert json.loads(out)["read"] == 12
    assert b"failed: bulletins/empty.txt: the file is empty" in seen
    assert b"13/13" in seen


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a terminal says that its other side is closed
        return b""
