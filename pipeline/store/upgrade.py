"""What makes the tables: numbered files of SQL, of which a database gets those that it lacks.

Each that was applied has a row in `migrations`. `store_version`, with a row for each upgrade, says
how far a database is: the versions of jornada that know no `migrations` go by it as well, and
refuse a database that is newer than they are.
"""

import importlib.metadata
from pathlib import Path

import duckdb

from pipeline.errors import StoreError
from pipeline.store.connection import has_table, transaction
from pipeline.store.insertion import insert
from pipeline.store.rows import now

MIGRATIONS = tuple(sorted(Path(__file__).with_name("migrations").glob("*.sql")))
"""The files in order; the number of each stands before its name: `0001_name.sql`."""

VERSION = len(MIGRATIONS)
"""A database of a higher version is refused."""


def read_version(con: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """Tell how many migrations a database has had, None where it is empty.

    Raises `StoreError` for one that a newer jornada or something else has written.
    """
    if not has_table(con, "store_version"):
        if con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]:
            return None
        raise StoreError(
            f"{path}: is a DuckDB database of something else than jornada; name another with --db"
        )
    (version,) = con.execute("SELECT max(version) FROM store_version").fetchall()[0]
    if version > VERSION:
        raise StoreError(
            f"{path}: was written by a newer jornada (tables of version {version}, this one knows "
            f"{VERSION}); upgrade jornada, or name another database with --db"
        )
    return int(version)


def upgrade(con: duckdb.DuckDBPyConnection, version: int) -> None:
    """Apply what a database of this version lacks, all or nothing; 0 is an empty one."""
    if version == VERSION:
        return
    missing = MIGRATIONS[version:]
    with transaction(con):
        for file in missing:
            con.execute(file.read_text("utf-8"))
        applied_at, software = now(), importlib.metadata.version("jornada")
        applied = [
            {
                "number": number,
                "name": file.stem.partition("_")[2],
                "applied_at": applied_at,
                "software": software,
            }
            for number, file in enumerate(missing, version + 1)
        ]
        upgraded = [{"version": VERSION, "created_at": applied_at}]
        insert(con, {"store_version": upgraded, "migrations": applied})
