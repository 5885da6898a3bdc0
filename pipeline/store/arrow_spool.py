"""What a query gives as an Arrow table that lies in a file, so that memory need not hold it."""

import tempfile
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from pipeline.errors import SqlError
from pipeline.store.queries import unique

_MOST_BYTES = 8 * 2**30
_ROWS_AT_ONCE = 10_000


def fetch_table(con: duckdb.DuckDBPyConnection, sql: str, origin: str) -> pa.Table:
    """Run a query, and give all of its rows; columns of one name get numbers.

    They lie in a temporary file that is gone with the table. Raises `duckdb.Error`, and `SqlError`
    for more than 8 GB and for a disk that is full.
    """
    reader = _run(con, sql)
    schema = _rename(reader.schema)
    try:
        with tempfile.NamedTemporaryFile(prefix="jornada.") as file:
            with pa.ipc.new_file(file, schema) as written:
                for batch in _iterate(reader):
                    written.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                    if file.tell() > _MOST_BYTES:
                        raise SqlError(f"{origin}: gives more than 8 GB; ask for fewer rows")
            file.flush()
            return pa.ipc.open_file(pa.memory_map(file.name)).read_all()
    except OSError as error:
        raise SqlError(
            f"{origin}: what it gives cannot be kept in {tempfile.gettempdir()} "
            f"({error.strerror or error}); make room, or ask for fewer rows"
        ) from error


def _run(con: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401 - of Arrow, untyped
    try:
        return con.sql(sql).to_arrow_reader(_ROWS_AT_ONCE)
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        con.execute(sql)  # fails alike, and says in which line
        raise


def _rename(schema: pa.Schema) -> pa.Schema:
    names = unique(schema.names)
    return pa.schema([field.with_name(name) for field, name in zip(schema, names, strict=True)])


def _iterate(reader: Any) -> Iterator[pa.RecordBatch]:  # noqa: ANN401 - as above
    """Give batch by batch. What goes wrong with a query on its way comes as an error of Arrow."""
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (pa.ArrowException, OSError) as error:
            kind = duckdb.OutOfMemoryException if "Out of Memory" in str(error) else duckdb.Error
            raise kind(str(error)) from error
        yield batch
