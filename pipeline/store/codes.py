"""The table `codes`: what the codebook says, for joins."""

import duckdb

from pipeline.store.connection import transaction
from pipeline.store.insertion import insert
from schemas.codebook import Row, codebook


def store_codes(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the table to what the codebook says now; nothing is written where it says that."""
    rows = codebook().rows()
    columns = ", ".join(Row._fields)
    if con.execute(f"SELECT {columns} FROM codes ORDER BY rowid").fetchall() == list(rows):  # noqa: S608 - our own names
        return
    with transaction(con):
        con.execute("DELETE FROM codes")
        insert(con, {"codes": [row._asdict() for row in rows]})
