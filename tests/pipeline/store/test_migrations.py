"""Databases of every version become those of this one, and say how."""

import importlib.metadata
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.errors import StoreError
from pipeline.store import MIGRATIONS, VERSION, Store, new_run, upgrade
from pipeline.store.rows import now
from schemas.finding import Finding, Severity, Span
from tests.bulletins import a_bulletin, a_store, figure, keep
from tests.readings import KEY, a_document, a_reading, put

BEFORE_THE_RECORD = 3
"""Versions that knew no `migrations`, and had a row in `store_version` for each upgrade alone."""
BEFORE_FACTS = 9
DAY = date(2022, 8, 12)
FOUND = (
    Finding(check="sums", severity=Severity.INFO, message="less", span=Span(0, 999)),
    Finding(check="dates", severity=Severity.WARNING, message="odd", span=Span(0, 999)),
    Finding(check="years", severity=Severity.ERROR, message="elsewhere", span=Span(0, 1)),
)
SOFTWARE = importlib.metadata.version("jornada")
UPGRADES = [(1,), (2,), (3,), (1, 2, 3), (1, 3)]
ENDED = datetime.fromisoformat("2024-05-01 12:00")


def day(version: int) -> datetime:
    return datetime.fromisoformat(f"2024-01-0{version}")


def old_database(path: Path, upgrades: tuple[int, ...]) -> Store:
    """Make what the version before made that upgraded a database to each of these in turn."""
    done = 0
    with duckdb.connect(path) as con:
        for version in upgrades:
            for file in MIGRATIONS[done:version]:
                con.execute(file.read_text("utf-8"))
            con.execute("INSERT INTO store_version VALUES (?, ?)", [version, day(version)])
            done = version
        con.execute("INSERT INTO run_ends VALUES ('r', ?, 'finished', NULL, '{}')", [ENDED])
    return Store(path)


def record(store: Store) -> list[tuple[Any, ...]]:
    return store.read("SELECT number, name, applied_at, software FROM migrations ORDER BY 1").rows


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a database that this version began, kept open for what is asked of it."""
    store = Store(tmp_path_factory.mktemp("new") / "new.duckdb")
    store.prepare()
    with store.keep_open():
        yield store


def columns(store: Store) -> list[tuple[Any, ...]]:
    return store.read(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY ALL"
    ).rows


def test_files_are_numbered_without_a_gap() -> None:
    numbers = [int(file.stem.partition("_")[0]) for file in MIGRATIONS]
    assert numbers == list(range(1, VERSION + 1))


def test_a_new_database_has_a_row_for_each_migration(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    before = now()
    store.prepare()
    names = [file.stem.partition("_")[2] for file in MIGRATIONS]
    rows = record(store)
    assert [(number, name) for number, name, *_ in rows] == list(enumerate(names, 1))
    assert all(before <= at <= now() and by == SOFTWARE for *_, at, by in rows)
    store.prepare()
    assert record(store) == rows
    assert store.read("SELECT version FROM store_version").rows == [(VERSION,)]


@pytest.mark.parametrize("upgrades", UPGRADES)
def test_an_older_database_can_be_asked_then_is_upgraded_and_used(
    tmp_path: Path, new: Store, upgrades: tuple[int, ...]
) -> None:
    store = old_database(tmp_path / "old.duckdb", upgrades)
    assert store.read("SELECT run_id, ended_at FROM run_ends").rows == [("r", ENDED)]
    before = now()
    store.prepare()
    with store.keep_open():
        assert columns(store) == columns(new)
        assert store.read("SELECT run_id, ended_at FROM run_ends").rows == [("r", ENDED)]
        document = a_document()
        assert put(store, new_run(KEY), (document, a_reading(document)))
        assert store.find_read([document.id], KEY) == {document.id: None}
        assert store.read("SELECT count(*) FROM current_figures").rows == [(1,)]

        rows = record(store)
        assert [row[:2] for row in rows] == [row[:2] for row in record(new)]
        reached = {
            n: day(min(to for to in upgrades if to >= n)) for n in range(1, upgrades[-1] + 1)
        }
        assert {number: at for number, _, at, by in rows if by is None} == reached
        assert all(at >= before and by == SOFTWARE for _, _, at, by in rows[upgrades[-1] :])


@pytest.mark.slow
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = old_database(tmp_path / "old.duckdb", (BEFORE_THE_RECORD,))
    before = columns(store)
    broken = tmp_path / f"{VERSION + 1:04}_broken.sql"
    broken.write_text("CREATE TABLE half (a INTEGER); CREATE TABLE half (a INTEGER);", "utf-8")
    with monkeypatch.context() as change:
        change.setattr(upgrade, "MIGRATIONS", (*MIGRATIONS, broken))
        change.setattr(upgrade, "VERSION", VERSION + 1)
        with pytest.raises(StoreError, match="half"):
            store.prepare()
    assert columns(store) == before
    assert store.read("SELECT version FROM store_version").rows == [(BEFORE_THE_RECORD,)]
    store.prepare()
    assert len(record(store)) == VERSION


@pytest.mark.slow
def test_figures_of_before_get_their_findings_and_tell_reposts(tmp_path: Path) -> None:
    """What is stored with a figure today is made of what was stored then."""
    with a_store(tmp_path) as store:
        printed = a_bulletin(figure(9, starts_on=DAY, ends_on=DAY), findings=FOUND, header="Uno")
        again = a_bulletin(figure(9, starts_on=DAY, ends_on=DAY), header="Una nota más larga")
        keep(store, printed, again)
    kept = {
        table: store.read(f"SELECT * FROM {table}")  # noqa: S608 - ours
        for table in ("runs", "documents", "readings", "figures", "findings")
    }
    old = old_database(tmp_path / "old.duckdb", (BEFORE_FACTS,))
    with duckdb.connect(old.path) as con:
        for table, rows in kept.items():
            there = {name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
            taken = [at for at, name in enumerate(rows.columns) if name in there]
            names = ", ".join(rows.columns[at] for at in taken)
            for row in rows.rows:
                marks = ", ".join("?" * len(taken))
                con.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - ours
                    [row[at] for at in taken],
                )
    old.prepare()
    told = "SELECT value, checked, findings FROM facts ORDER BY ALL"
    assert old.read(told).rows == store.read(told).rows
    assert (9, "warning", "dates: odd; sums: less") in old.read(told).rows
    assert old.read("SELECT value, bulletins FROM totals").rows == [(9, 1)]
