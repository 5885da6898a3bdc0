"""Runs that are interrupted, killed, shared or large, through the real command."""

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command import JORNADA, Jornada, Model, environment

pytestmark = pytest.mark.slow


@contextmanager
def running(
    folder: Path, model: Model, *arguments: str, free: int
) -> Iterator["subprocess.Popen[str]"]:
    """Start `jornada extract` and wait until all that it has at once waits for its model."""
    model.free = free
    with subprocess.Popen(  # noqa: S603 - the command that is tested
        [JORNADA, "extract", "bulletins", "--concurrency", "2", *arguments],
        cwd=folder,
        env=environment(JORNADA_MODEL="scripted", OPENAI_BASE_URL=model.base_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert model.stuck.wait(60)
            yield process
        finally:
            process.kill()


def stored(here: Jornada) -> int:
    ran = here("query", "SELECT count(*) AS n FROM current_readings", "--json")
    assert ran.returncode == 0, ran.stderr
    return int(json.loads(ran.stdout)[0]["n"])


def wait_until_stored(jornada: Jornada, count: int) -> None:
    """Ask, while the run goes on, until its flush has come; the test's own limit ends it else."""
    while (jornada("query", "FROM current_readings", "--csv").stdout.count("\n")) <= count:
        pass


def await_line(process: "subprocess.Popen[str]", beginning: str) -> None:
    """Read what the process tells until a line begins so."""
    assert process.stderr is not None
    told = ""
    while line := process.stderr.readline():
        told += line
        if line.startswith(beginning):
            return
    raise AssertionError(told)


def go_on(jornada: Jornada, model: Model) -> dict[str, object]:
    """Run the same command to its end, with a model that lets nobody wait any more."""
    model.let_go.set()
    configured = {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": model.base_url}
    ran = jornada("extract", "bulletins", "--json", **configured)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, object] = json.loads(ran.stdout)
    return told


@pytest.mark.usefixtures("bulletins")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM),
        pytest.param(signal.SIGHUP),
    ],
)
def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(
    jornada: Jornada, here: Jornada, tmp_path: Path, model: Model, number: signal.Signals
) -> None:
    with running(tmp_path, model, free=5) as process:
        process.send_signal(number)
        await_line(process, "Stopping: ")
        model.let_go.set()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again to go on" in err
    assert "Traceback" not in err
    assert re.search(r"^read +7 *$", out, re.MULTILINE)
    assert model.asked == 7, "nothing went out after the signal"
    assert stored(here) == 7

    told = go_on(jornada, model)
    assert (told["read"], told["unchanged"]) == (5, 7)
    assert model.asked == 12


@pytest.mark.usefixtures("bulletins")
def test_ctrl_c_twice_stops_at_once_and_keeps_what_is_done(
    jornada: Jornada, here: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, "--json", free=5) as process:
        process.send_signal(signal.SIGINT)
        await_line(process, "Stopping: ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert not model.let_go.is_set()
    assert process.returncode == 130
    assert (json.loads(out)["outcome"], json.loads(out)["read"]) == ("interrupted", 5)
    assert "Stopped." in err
    assert "Traceback" not in err
    assert stored(here) == 5

    told = go_on(jornada, model)
    assert (told["read"], told["unchanged"]) == (7, 5)


@pytest.mark.usefixtures("bulletins")
def test_a_second_run_on_a_database_is_told_so_in_one_line(
    jornada: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, free=3) as process:
        second = jornada("extract", "bulletins", "--reader", "baseline")
        assert second.returncode == 2
        (line,) = [each for each in second.stderr.splitlines() if not each.startswith("Reader: ")]
        assert line.startswith("jornada.duckdb: another run is working on it")
        assert second.stdout == ""
        elsewhere = jornada("extract", "bulletins", "--reader", "baseline", "--db", "b.duckdb")
        assert elsewhere.returncode == 0
        model.let_go.set()
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert jornada("extract", "bulletins", "--reader", "baseline").returncode == 0


def test_nothing_lies_beside_the_database_of_a_run_that_is_done(
    here: Jornada, tmp_path: Path, model: Model, bulletins: Path
) -> None:
    assert bulletins.is_dir()
    configured = {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": model.base_url}
    assert here("extract", "bulletins", **configured).returncode == 0
    beside = {path.name for path in tmp_path.glob("jornada.duckdb*")}
    assert beside - {"jornada.duckdb.lock"} == {"jornada.duckdb"}


def test_ctrl_c_while_standard_input_is_awaited_ends_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - the command that is tested
        [JORNADA, "extract", "-"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Reader: baseline")
        process.send_signal(signal.SIGINT)
        err = process.stderr.read()
        assert process.wait(timeout=60) == 130
    assert err.startswith("Stopped.")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("bulletins")
def test_another_process_queries_while_a_run_goes_on(
    jornada: Jornada, here: Jornada, tmp_path: Path, model: Model
) -> None:
    with running(tmp_path, model, free=4) as process:
        wait_until_stored(jornada, 4)
        assert stored(here) == 4
        exported = here("export", "--to", "so-far.csv")
        assert exported.returncode == 0, exported.stderr
        assert process.poll() is None
        model.let_go.set()
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert stored(here) == 12


@pytest.mark.usefixtures("bulletins")
@pytest.mark.parametrize("free", [0, 3, 8])
def test_a_killed_run_goes_on_where_its_last_flush_ended(
    jornada: Jornada, here: Jornada, tmp_path: Path, model: Model, free: int
) -> None:
    with running(tmp_path, model, free=free) as process:
        if free:
            wait_until_stored(jornada, free)
        process.kill()
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL

    asked = model.asked
    told = go_on(jornada, model)
    assert (told["read"], told["unchanged"]) == (12 - free, free)
    assert model.asked - asked == 12 - free
    assert stored(here) == 12
    runs = here("query", "SELECT count(*) AS n FROM run_ends", "--json")
    assert json.loads(runs.stdout) == [{"n": 1}], "the killed run has no end"


def test_a_terminal_gets_a_bar_and_failures_above_it_and_stdout_stays_clean(
    tmp_path: Path, bulletins: Path, model: Model
) -> None:
    (bulletins / "empty.txt").touch()
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - the command that is tested
        [JORNADA, "extract", "bulletins", "--json"],
        cwd=tmp_path,
        env=environment(JORNADA_MODEL="scripted", OPENAI_BASE_URL=model.base_url, TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        seen = b""
        while chunk := _chunk(ours):
            seen += chunk
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert json.loads(out)["read"] == 12
    assert b"failed: bulletins/empty.txt: the file is empty" in seen
    assert b"13/13" in seen


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a terminal says that its other side is closed
        return b""
