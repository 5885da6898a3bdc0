"""The command `jornada review` from outside: what it prints, how it ends, what it refuses."""

import os
import re
import signal
import socket
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import duckdb
import pytest

from pipeline.store import VERSION, Store
from tests.command import jornada_here, start
from tests.processes import Process

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)(/[\w-]{32}/)\n")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "jornada.duckdb"
    Store(path).prepare()
    return path


def get(address: str) -> tuple[int, str]:
    """Ask for the page at an address."""
    port, path = ADDRESS.fullmatch(address).groups()  # type: ignore[union-attr]
    with closing(HTTPConnection("127.0.0.1", int(port), timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def stop(process: Process, number: int) -> tuple[int, str, str]:
    """Stop a server, and give its status and what else it said."""
    process.send_signal(number)
    out, err = process.communicate()
    return process.returncode, out, err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])  # SIGINT stops those below
def test_it_serves_at_the_address_that_it_prints_until_it_is_stopped(db: Path, number: int) -> None:
    with start(db.parent, "review", "--no-browser", "--as", "Ana") as process:
        address = process.line()
        status, html = get(address)
        assert (status, "Ana" in html, db.name in html) == (200, True, True)
        assert stop(process, number) == (130, "", "Stopped.\n")


@pytest.mark.slow
def test_each_start_has_an_address_of_its_own_and_both_serve(db: Path) -> None:
    with (
        start(db.parent, "review", "--no-browser") as one,
        start(db.parent, "review", "--no-browser") as other,
    ):
        addresses = {one.line(), other.line()}
        assert len({ADDRESS.fullmatch(each)[2] for each in addresses}) == 2  # type: ignore[index]
        assert {get(each)[0] for each in addresses} == {200}
        for process in (one, other):
            assert stop(process, signal.SIGINT) == (130, "", "Stopped.\n")


def refused(folder: Path, *arguments: str) -> str:
    """Give the one line that is said where nothing can be served."""
    ran = jornada_here(folder)("review", "--no-browser", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    return line


def test_a_database_that_cannot_be_reviewed_is_one_line(tmp_path: Path, db: Path) -> None:
    assert "there is no such database" in refused(tmp_path, "--db", "none.duckdb")
    (tmp_path / "text.duckdb").write_text("no database at all, but a long enough text")
    assert "is not a DuckDB database" in refused(tmp_path, "--db", "text.duckdb")
    with duckdb.connect(tmp_path / "other.duckdb") as con:
        con.execute("CREATE TABLE mine (x INTEGER)")
    assert "of something else than jornada" in refused(tmp_path, "--db", "other.duckdb")
    with duckdb.connect(db) as con:
        con.execute("INSERT INTO store_version VALUES (?, now()::TIMESTAMP)", [VERSION + 1])
    assert "was written by a newer jornada" in refused(tmp_path)


def test_a_database_that_cannot_be_written_is_one_line(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To root, which tests may run as, everything can be written.
    def deny(name: str) -> None:
        monkeypatch.setattr(
            os, "access", lambda path, mode: mode != os.W_OK or Path(path).name != name
        )

    deny(db.name)
    assert "cannot be written, and decisions could not be kept" in refused(tmp_path)
    deny(Path().name)
    assert "the folder" in refused(tmp_path)


@pytest.mark.usefixtures("db")
def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused(tmp_path, "--port", str(port)).startswith(f"--port {port}: cannot be had")
    assert "--port" in refused(tmp_path, "--port", "70000")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", ["", " \t", "x" * 101])
def test_a_name_that_decisions_cannot_keep_is_one_line(tmp_path: Path, name: str) -> None:
    assert "--as: give a name" in refused(tmp_path, "--as", name)
