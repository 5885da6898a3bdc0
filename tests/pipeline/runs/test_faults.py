"""What goes wrong around a run, at the server or on the machine, costs no figure and no answer."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from benchmarks.faults import (
    Ran,
    asked_again,
    delivered,
    differing,
    extracted,
    lost_and_double,
    serving,
    taken,
)
from examples.fault_server.options import FAULTS
from examples.make_backlog import bulletins as invented
from examples.make_backlog import write
from pipeline.calls.journal import Journal, KeptAnswer, Question, journal_path
from pipeline.runs.progress_file import progress_path, read_progress
from pipeline.store import Store
from schemas.reading import Attempt
from tests.command import (
    JORNADA,
    Jornada,
    Model,
    held_up,
    jornada_here,
    lay_out,
    serve_model,
    start,
)
from tests.processes import Process, wait_until

pytestmark = pytest.mark.slow
DOCUMENTS, AT_ONCE = 80, 20
SWIFT = ("--latency", "0.05", "--spike", "0.5", "--storm", "0.3", "--drip", "0.3")
SMALL = ("extract", "bulletins", "--concurrency", "3", "--json")
IMPATIENT = """
from pipeline.cli import main
from pipeline.store import Store
Store.__init__.__kwdefaults__["patience"] = 0.5
main()
"""
HOLD = """
import duckdb, sys, time
while True:
    try:
        con = duckdb.connect(sys.argv[1])
        break
    except duckdb.IOException:
        time.sleep(0.01)
print("held", flush=True)
sys.stdin.read()
"""

# At the server


@pytest.fixture(scope="module")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backlog")
    write(folder, "txt", invented(DOCUMENTS, seed=5))
    return folder


@pytest.fixture(scope="module")
def calm(backlog: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    with serving(backlog, *SWIFT) as base_url:
        db = tmp_path_factory.mktemp("calm") / "a.duckdb"
        ran = extracted(backlog, base_url, db, AT_ONCE)
    assert ran.log["requests"] == DOCUMENTS
    assert ran.summary["figures"] > 5 * DOCUMENTS
    return ran


@pytest.mark.usefixtures("begun")
def test_where_three_requests_in_ten_go_wrong_the_figures_are_those_of_a_calm_run(
    tmp_path: Path, backlog: Path, calm: Ran
) -> None:
    with serving(backlog, *SWIFT, "--faults", "0.3", "--seed", "3") as base_url:
        db, more = tmp_path / "jornada.duckdb", ("--workers", "2")
        ran = extracted(backlog, base_url, db, AT_ONCE, *more)
    assert set(ran.log["faults"]) == set(FAULTS), "or not everything was tried"
    assert ran.log["requests"] - DOCUMENTS > DOCUMENTS / 5

    assert ran.status == 0
    assert differing(calm, ran) == []
    assert lost_and_double(backlog, ran) == (0, 0)
    assert asked_again(ran.log) == 0
    told = taken(ran)
    assert told == delivered(ran.log)
    expected = {
        "outcome": "finished",
        "sources": DOCUMENTS,
        "documents": DOCUMENTS,
        "read": DOCUMENTS,
        "partial": 0,
        "failed": 0,
        "unchanged": 0,
        "duplicates": 0,
        "left": 0,
        "failures": [],
        "figures": calm.summary["figures"],
        "findings": calm.summary["findings"],
        "input_tokens": told["input_tokens"],
        "output_tokens": told["output_tokens"],
    }
    assert {name: ran.summary[name] for name in expected} == expected
    assert not journal_path(ran.store.path).exists()


# On the machine


def failed_in_one_line(process: Process, model: Model) -> str:
    """Let the model answer, and see the run fail as it should; give what it says."""
    model.let_go.set()
    out, err = process.communicate()
    assert process.returncode == 2
    assert (out, err.count("\n")) == ("", 1), err
    return err


def settled(db: Path) -> set[str]:
    """Tell which documents have an answer, in the database or in the journal."""
    with closing(sqlite3.connect(journal_path(db))) as con:
        kept = {row[0] for row in con.execute("SELECT document_id FROM answers")}
    return kept | {row[0] for row in Store(db).read("SELECT document_id FROM readings").rows}


def read_so_far(db: Path) -> int:
    """Tell how many documents a run that goes on says it has read; their answers are kept."""
    told = read_progress(progress_path(db))
    return max((json.loads(record.facts)["read"] for record in told), default=0)


def goes_on(here: Jornada, model: Model, db: Path, known: int) -> None:
    """Run again: only what has no answer is asked, and all is there, once."""
    model.let_go.set()
    asked = model.asked
    ran = here(*SMALL, "--db", str(db), **model.configured)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["read"] + told["unchanged"], told["failed"]) == (12, 0)
    assert model.asked - asked == 12 - known
    store = Store(db)
    with store.keep_open(read_only=True):
        figures = store.read("SELECT value FROM figures ORDER BY ALL").rows
        readings = store.read("SELECT count(*), count(DISTINCT document_id) FROM readings").rows
        paths = store.read("SELECT count(DISTINCT path) FROM sources").rows
    assert figures == [(100 + number,) for number in range(12)]
    assert (readings, paths) == ([(12, 12)], [(12,)])
    assert not journal_path(db).exists()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of its own, small enough to fill."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=16m", "tmpfs"]
    if not mount or subprocess.run([mount, *options, place], check=False).returncode:  # noqa: S603 - made here
        pytest.skip("a disk to fill takes the right to mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)  # noqa: S603, S607 - the same


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte; give the file to be removed again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler


@pytest.mark.usefixtures("bulletins", "begun")
@pytest.mark.parametrize(
    ("full", "said", "least"),
    [
        ("journal", r"\.journal: ", 4),
        # How far the run is, is told in a file beside the database: either may meet the end first.
        ("database", r"(\.progress)?: ", 5),
        pytest.param("both", "", 4),
    ],
)
def test_a_disk_that_fills_up_ends_the_run_and_what_was_answered_is_not_asked_again(
    tmp_path: Path,
    here: Jornada,
    model: Model,
    disk: Path,
    full: str,
    said: str,
    least: int,
) -> None:
    db = (tmp_path if full == "journal" else disk) / "a.duckdb"
    shutil.move(tmp_path / "jornada.duckdb", db)
    if full != "both":
        journal_path(db).symlink_to((disk if full == "journal" else tmp_path) / "elsewhere")
    with held_up(tmp_path, model, *SMALL, "--db", str(db), free=4) as process:
        wait_until(lambda: read_so_far(db) >= 4, "the answers to be kept")
        filler = fill(disk)
        line = failed_in_one_line(process, model)
    assert re.match(re.escape(str(db)) + said, line)
    assert re.search("No space left|disk is full", line)
    filler.unlink()
    known = settled(db)
    assert len(known) >= least
    goes_on(here, model, db, len(known))


@pytest.mark.usefixtures("bulletins")
def test_a_disk_that_is_full_from_the_start_is_one_line_and_nothing_is_asked(
    tmp_path: Path, here: Jornada, model: Model, disk: Path
) -> None:
    db, filler = disk / "a.duckdb", fill(disk)
    with start(tmp_path, *SMALL, "--db", str(db), model=model) as process:
        said = failed_in_one_line(process, model)
    assert said == f"{db}.journal: the disk is full; make room and run again\n"
    assert model.asked == 0
    filler.unlink()
    goes_on(here, model, db, 0)


@pytest.mark.usefixtures("bulletins", "begun")
def test_a_database_that_another_holds_for_too_long_ends_the_run_and_loses_no_answer(
    tmp_path: Path, here: Jornada, model: Model
) -> None:
    db, impatient = tmp_path / "jornada.duckdb", (sys.executable, "-c", IMPATIENT)
    with (
        held_up(tmp_path, model, *SMALL, free=4, command=impatient) as process,
        Process(
            [sys.executable, "-c", HOLD, db], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder,
    ):
        assert holder.line() == "held\n"
        said = failed_in_one_line(process, model)
        holder.communicate()
    assert said == (
        f"jornada.duckdb: another process (PID {holder.pid}) has the database open; close it "
        "there, then try again\n"
    )
    known = settled(db)
    assert len(known) > 4, "what came meanwhile is in the journal"
    goes_on(here, model, db, len(known))


# Files that cannot be used


class FirstRead(NamedTuple):
    """Bulletins, of which the first was read into a database beside them, and who read it."""

    folder: Path
    here: Jornada
    model: Model

    def lay_out(self, db: Path) -> None:
        """Leave what the run has left: the database, and its lock."""
        for path in self.folder.glob("a.duckdb*"):
            shutil.copyfile(path, db.with_name(path.name.replace("a.duckdb", db.name)))


@pytest.fixture(scope="module")
def first_read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRead]:
    """Read it once for all tests; who has read is known by the address of the model, too."""
    folder = tmp_path_factory.mktemp("first")
    lay_out(folder / "bulletins")
    with serve_model() as model:
        here = jornada_here(folder)
        ran = here("extract", "bulletins/00.txt", "--db", "a.duckdb", **model.configured)
        assert ran.returncode == 0, ran.stderr
        assert model.asked == 1
        yield FirstRead(folder, here, model)


def a_newer_database(db: Path) -> Path:
    with duckdb.connect(db) as con:
        con.execute("INSERT INTO store_version VALUES (99, now()::TIMESTAMP)")
    return db


def a_damaged_database(db: Path) -> Path:
    whole = db.read_bytes()
    db.write_bytes(whole[:20_000] + bytes(len(whole) - 20_000))
    return db


def a_newer_journal(db: Path) -> Path:
    with closing(sqlite3.connect(journal_path(db))) as con:
        con.execute("PRAGMA user_version = 99")
        con.execute("CREATE TABLE unknown (x)")
    return journal_path(db)


def no_journal_at_all(db: Path) -> Path:
    journal_path(db).write_bytes(b"no database" * 1000)
    return journal_path(db)


def a_damaged_journal(db: Path) -> Path:
    path = journal_path(db)
    attempt = Attempt(number=1, outcome="answered", raw_answer="x" * 4000, seconds=0.1)
    with closing(Journal(path)) as journal:
        journal.keep(
            [KeptAnswer(Question(f"d{n}", "k", f"r{n}", 1, "q"), attempt) for n in range(100)]
        )
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xab" * 100_000 + whole[108_192:])
    return path


def a_cut_journal(db: Path) -> Path:
    path = a_damaged_journal(db)
    path.write_bytes(path.read_bytes()[:10_000])
    return path


@pytest.mark.parametrize(
    ("spoil", "said", "known"),
    [
        (a_newer_database, "was written by a newer jornada .*upgrade jornada", 0),
        (a_damaged_database, "is damaged", 0),
        (a_newer_journal, "was written by a newer jornada; upgrade jornada", 1),
        (no_journal_at_all, "is damaged; move it away and run again", 1),
        (a_damaged_journal, "is damaged; move it away and run again", 1),
        pytest.param(a_cut_journal, "is damaged; move it away", 1),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_left_as_it_is_and_nobody_is_asked(
    tmp_path: Path,
    first_read: FirstRead,
    spoil: Callable[[Path], Path],
    said: str,
    known: int,
) -> None:
    _, here, model = first_read
    db = tmp_path / "a.duckdb"
    first_read.lay_out(db)
    asked = model.asked
    path = spoil(db)
    before = path.read_bytes()
    ran = here(*SMALL, "--db", str(db), **model.configured)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
    assert re.match(rf"{re.escape(str(path))}: .*{said}", ran.stderr)
    # SQLite counts on its first page how often a file was opened to be written.
    assert path.read_bytes()[4096:] == before[4096:]
    assert model.asked == asked
    path.rename(tmp_path / "away")
    goes_on(here, model, db, known)


@pytest.fixture
def plain_user() -> tuple[str, ...]:
    """Give what to put before a command so that it may not write everywhere, as root may."""
    if os.geteuid():
        return ()
    found = shutil.which("setpriv")
    command = (found or "", "--bounding-set=-dac_override,-dac_read_search")
    if found is None or subprocess.run([*command, "true"], check=False).returncode:  # noqa: S603 - ours
        pytest.skip("to root, no folder is read-only")
    return command


@pytest.mark.parametrize(
    ("known", "said"),
    [(0, r"a\.duckdb: the folder .* cannot be written"), (1, r"a\.duckdb\.\w+: cannot be written")],
)
def test_a_read_only_folder_is_one_line_and_nobody_is_asked(
    tmp_path: Path,
    first_read: FirstRead,
    plain_user: tuple[str, ...],
    known: int,
    said: str,
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    bulletins, here, model = first_read
    db = folder / "a.duckdb"
    if known:
        first_read.lay_out(db)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    asked = model.asked
    folder.chmod(0o555)
    try:
        command = (*plain_user, JORNADA)
        run = (*SMALL, "--db", str(db))
        with start(bulletins, *run, model=model, command=command) as process:
            line = failed_in_one_line(process, model)
    finally:
        folder.chmod(0o755)
    assert re.search(said, line)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert model.asked == asked
    goes_on(here, model, db, known)
