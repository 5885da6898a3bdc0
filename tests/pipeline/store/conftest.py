"""What the tests of the store share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.store import Store
from pipeline.store.connection import transaction

_OF_EVERY_DATABASE = {"codes", "migrations", "store_version"}


@pytest.fixture(scope="session")
def emptied(
    _empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Store]]:
    """Give what takes all rows out of the one store that stays open, and gives it."""
    path = tmp_path_factory.mktemp("one") / "a.duckdb"
    shutil.copyfile(_empty_database, path)
    made = Store(path)
    with made.keep_open(), made._open() as con:  # noqa: SLF001 - a store itself deletes nothing
        tables = made.read("SELECT table_name FROM duckdb_tables() WHERE NOT internal").rows
        filled = [name for (name,) in tables if name not in _OF_EVERY_DATABASE]

        def empty() -> Store:
            with transaction(con):
                for table in filled:
                    con.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
            return made

        yield empty


@pytest.fixture
def store(emptied: Callable[[], Store]) -> Store:
    """Give a store without rows, which stays open: the same one to all tests that take it.

    To make a file, open and close it takes longer than most that is asked of it. What the file
    itself has to do with is tested on a `closed_store`.
    """
    return emptied()


@pytest.fixture
def closed_store(_empty_database: Path, tmp_path: Path) -> Store:
    """Give a store without rows, of a file that is opened and closed as each thing is done."""
    path = tmp_path / "a.duckdb"
    shutil.copyfile(_empty_database, path)
    return Store(path, patience=0.2)
