"""A database that is shared, killed, full, foreign or asked wrongly: one clear line each."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import StoreError
from pipeline.store import MIGRATIONS, VERSION, Store, new_run
from pipeline.store.connection import log_path
from tests.processes import Process, run_program
from tests.readings import KEY, a_document, a_reading, put


@pytest.fixture
def store(closed_store: Store) -> Store:
    return closed_store


@contextmanager
def held_by_another_process(path: Path) -> Iterator[Process]:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    command = [sys.executable, "-c", code, str(path)]
    with Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.line() == "held\n"
        yield process
        if process.poll() is None:
            process.communicate("\n")


def test_another_process_can_query_between_two_flushes(store: Store) -> None:
    document = a_document()
    run = new_run(KEY)
    put(store, run, (document, a_reading(document)))
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); "
        "print(c.execute('SELECT count(*) FROM current_figures').fetchone()[0])"
    )
    asked = run_program([sys.executable, "-c", code, str(store.path)])
    assert asked.stdout == "1\n"
    other = a_document("otro")
    put(store, run, (other, a_reading(other)))


def test_a_file_that_another_process_holds_is_an_error_that_names_it(store: Store) -> None:
    with held_by_another_process(store.path) as holder:
        for work in (store.prepare, lambda: store.read("SELECT 1")):
            with pytest.raises(StoreError, match=rf"a\.duckdb: .*PID {holder.pid}.* close it"):
                work()


def test_a_file_that_another_process_lets_go_of_in_time_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, sleep, document = Store(store.path, patience=30), time.sleep, a_document()
    with held_by_another_process(store.path) as holder:

        def let_go(_: float) -> None:
            monkeypatch.setattr(time, "sleep", sleep)
            holder.communicate("\n")

        monkeypatch.setattr(time, "sleep", let_go)
        assert put(patient, new_run(KEY), (document, a_reading(document)))
        assert holder.returncode == 0, "or nobody waited for it"


def test_what_was_committed_before_a_kill_can_be_read_only(store: Store) -> None:
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute(\"INSERT INTO run_ends VALUES ('r', now()::TIMESTAMP, 'killed', NULL, '{}')\");"
        "os.kill(os.getpid(), 9)"
    )
    run_program([sys.executable, "-c", code, str(store.path)], check=False)
    assert Path(f"{store.path}.wal").exists(), "the kill left a log to be replayed"
    assert store.read("SELECT outcome FROM run_ends").rows == [("killed",)]


def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    with duckdb.connect(store.path) as con:
        con.execute("INSERT INTO store_version VALUES (?, now()::TIMESTAMP)", [VERSION + 1])
    for work in (store.prepare, lambda: store.read("SELECT 1")):
        with pytest.raises(StoreError, match=r"newer jornada .*upgrade"):
            work()


def test_a_database_of_the_first_version_keeps_its_rows_and_gets_the_later_tables(
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(path) as con:
        con.execute(MIGRATIONS[0].read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (1, now()::TIMESTAMP)")
        con.execute("INSERT INTO run_ends VALUES ('r', now()::TIMESTAMP, 'finished', NULL, '{}')")
    store = Store(path)
    assert store.read("SELECT run_id FROM run_ends").rows == [("r",)]
    store.prepare()
    store.prepare()
    assert store.read("SELECT run_id FROM run_ends").rows == [("r",)]
    assert store.read("SELECT count(*) FROM eval_runs").rows == [(0,)]
    versions = store.read("SELECT version FROM store_version ORDER BY version").rows
    assert versions == [(1,), (VERSION,)]


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE TABLE documents (a INTEGER)")
    with pytest.raises(StoreError, match="something else than jornada"):
        Store(path).prepare()


def _not_a_database(folder: Path) -> Path:
    path = folder / "notes.txt"
    path.write_text("no database at all, however long it is " * 500)
    return path


def _folder(folder: Path) -> Path:
    return folder


def _nowhere(folder: Path) -> Path:
    return folder / "missing" / "a.duckdb"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (_not_a_database, "is not a DuckDB database"),
        (_folder, "is a folder"),
        (_nowhere, "does not exist or is closed to you; create it"),
    ],
)
def test_a_place_that_cannot_hold_a_database_is_one_clear_line(
    tmp_path: Path, place: Callable[[Path], Path], said: str
) -> None:
    path = place(tmp_path)
    with pytest.raises(StoreError, match=said) as caught:
        Store(path).prepare()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_database_is_not_made_by_reading(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    with pytest.raises(StoreError, match="jornada extract"):
        store.read("SELECT 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mode", "said"), [(0o555, "Permission denied"), (0o000, "closed to you")])
def test_a_folder_without_permission_is_one_clear_line(mode: int, said: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders keep others out altogether
        outer, folder = Path(name), Path(name) / "locked"
        outer.chmod(0o755)
        folder.mkdir()
        folder.chmod(mode)
        path = folder / ("a.duckdb" if mode else "b/a.duckdb")
        with _as_nobody_special(), pytest.raises(StoreError, match=said) as caught:
            Store(path).prepare()
        folder.chmod(0o755)
    assert "\n" not in str(caught.value)


@contextmanager
def _as_nobody_special() -> Iterator[None]:
    """Root may write everywhere, so it steps down for the moment."""
    mine = os.geteuid()
    if mine:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from pipeline.errors import StoreError
from pipeline.store.rows import Sighting
from pipeline.store import Store, new_run
from schemas.document import Source
from schemas.reading import ReaderKey
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]))
size = store.path.stat().st_size + 4096
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
run = new_run(ReaderKey(reader="baseline", schema_hash="s"))
try:
    for n in range(40):
        store.append(run, [], [
            Sighting(Source(path=f"{n}-{m}"), None, "failed", str(hash((n, m, k))) * 40)
            for m in range(1000) for k in range(2)
        ])
except StoreError as error:
    print(error)
"""


@pytest.mark.slow
def test_a_full_disk_is_one_clear_line_and_leaves_the_database_whole(store: Store) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    ran = run_program([sys.executable, "-c", FULL_DISK, str(store.path)])
    assert ran.stdout.count("\n") == 1, ran.stdout + ran.stderr
    assert str(store.path) in ran.stdout
    assert ran.stderr == ""
    assert store.read("SELECT count(*) FROM current_figures").rows == [(1,)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selct 1", "syntax error"),
        ("SELECT * FROM figure", 'Did you mean "figures"'),
        ("", "no statement"),
        ("DELETE FROM figures", "only reads"),
        ("SELECT 'x'::INTEGER", "Could not convert"),
        ("FROM 'nowhere.csv'", "no file"),
    ],
)
def test_a_mistake_in_sql_is_one_clear_line(store: Store, sql: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        store.ask(sql)
    assert str(caught.value).startswith("SQL: ")
    assert "\n" not in str(caught.value)


def test_columns_of_the_same_name_are_told_apart(store: Store) -> None:
    answer = store.read("SELECT 1 AS a, 2 AS a, 3 AS a_2")
    assert answer.columns == ("a", "a_2", "a_2_2")
    assert answer.rows == [(1, 2, 3)]


def test_nothing_is_fetched_over_the_network_by_itself(store: Store) -> None:
    ((setting,),) = store.read("SELECT current_setting('autoinstall_known_extensions')").rows
    assert setting is False


def killed_in_a_checkpoint(path: Path, part: float) -> None:
    """Leave a file as a process that is killed while it writes a block of a checkpoint."""
    with duckdb.connect(path) as con:
        con.execute("PRAGMA disable_checkpoint_on_shutdown")
        con.execute("INSERT INTO run_ends VALUES ('r', now()::TIMESTAMP, 'kept', NULL, '{}')")
    log = log_path(path)
    before, kept = path.read_bytes(), log.read_bytes()
    with duckdb.connect(path, read_only=True) as con:
        metadata = con.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()
        ((size,),) = con.execute("SELECT block_size FROM pragma_database_size()").fetchall()
    with duckdb.connect(path) as con:
        con.execute("CHECKPOINT")
    after, torn = path.read_bytes(), bytearray(before)
    for (block,) in metadata:
        start = 3 * 4096 + block * size
        end = start + int(part * size)
        torn[start:end] = after[start:end]
    assert bytes(torn) != before, "a checkpoint writes in place no more: nothing need be mended"
    path.write_bytes(torn)
    log.write_bytes(kept)


@pytest.mark.parametrize("part", [0.0001, 0.1, 0.4])
def test_what_a_kill_left_half_written_is_mended(store: Store, part: float) -> None:
    document = a_document()
    put(store, new_run(KEY), (document, a_reading(document)))
    killed_in_a_checkpoint(store.path, part)
    with pytest.raises(duckdb.Error, match="Corrupt"):
        duckdb.connect(store.path)
    asked = "SELECT document_id, outcome FROM documents, run_ends"
    assert store.read(asked).rows == [(document.id, "kept")]
    assert put(store, new_run(KEY), (document, a_reading(document)))
    assert Store(store.path).read("SELECT count(*) FROM readings").rows == [(2,)]


def test_a_file_that_is_damaged_otherwise_is_left_as_it_is(store: Store) -> None:
    killed_in_a_checkpoint(store.path, 0.4)
    log_path(store.path).unlink()
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="is damaged"):
        store.read("SELECT 1")
    assert store.path.read_bytes() == before
