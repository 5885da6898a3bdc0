"""Parquet files -> one record at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyarrow import ArrowException, parquet, types  # type: ignore[import-untyped]

from pipeline.documents.fields import NAMED
from pipeline.documents.records import (
    Record,
    RecordFields,
    Stream,
    check_columns,
    find_repeated,
    fold_name,
    record_of,
    text_fields,
)
from pipeline.errors import DocumentError

_BATCH_ROWS, _READ_BYTES = 64, 65536  # in memory at a time
_MOST_AT_ONCE = 256 * 1024 * 1024
"""Bytes of a batch, were each cell as large as all that its group of rows holds: one that is stored
once may stand in every row."""
_LARGE_GROUP, _LARGEST_ON_AVERAGE = 64 * 1024 * 1024, 1024 * 1024
"""Bytes of a column in a group of rows from which on its cells are looked at, and of one of them on
average: columns of many rows are read page by page, but those of few large cells at once."""


def read_records(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    """Yield a record for each row, some rows in memory at a time."""
    try:
        # Without these two the whole file is fetched before the first row.
        with parquet.ParquetFile(stream, pre_buffer=False, buffer_size=_READ_BYTES) as file:
            all_names = [fold_name(name) for name in file.schema_arrow.names]
            check_columns(all_names, fields)
            repeated = find_repeated(all_names, fields)
            schema = file.schema_arrow
            names = {
                name: written
                for name, written in zip(all_names, schema.names, strict=True)
                if name not in repeated
            }
            wanted = [*text_fields(fields), fold_name(fields.id or "id"), *NAMED]
            columns = [
                names[name]
                for name in dict.fromkeys(wanted)
                if name in names and not types.is_nested(schema.field(names[name]).type)
            ]
            largest = _largest_column(file.metadata, frozenset(columns))
            rows = max(1, min(_BATCH_ROWS, _MOST_AT_ONCE // max(largest, 1)))
            number = 0
            for batch in file.iter_batches(batch_size=rows, columns=columns):
                for i in range(batch.num_rows):
                    number += 1
                    yield _row(batch.slice(i, 1), fields, number)
    except MemoryError:  # Arrow's own is one of its errors too
        raise
    except (ArrowException, OSError, ValueError) as error:
        raise DocumentError(f"broken Parquet: {str(error).splitlines()[0][:120]}") from error


def _row(batch: Any, fields: RecordFields, number: int) -> Record:  # noqa: ANN401 - no types
    """Make a record of a batch of one row."""
    try:
        row = {name: _value(batch.column(name)[0]) for name in batch.schema.names}
    except UnicodeDecodeError:
        return Record(str(number), None, f"record {number}: text that is no UTF-8")
    return record_of(row, fields, number)


def _value(cell: Any) -> object:  # noqa: ANN401 - no types
    """Return what a cell holds, None for what Python has no value for: a day of the year 20000."""
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        raise
    except (OverflowError, ValueError, LookupError):
        return None


def _largest_column(about: Any, columns: frozenset[str]) -> int:  # noqa: ANN401 - no types
    """Return the bytes of the largest column of a group of rows, as the file states them.

    Raises DocumentError where its cells are too large to be those of bulletins.
    """
    largest = 0
    for group in map(about.row_group, range(about.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            if column.path_in_schema not in columns:
                continue
            size = column.total_uncompressed_size
            if size > max(_LARGE_GROUP, group.num_rows * _LARGEST_ON_AVERAGE):
                raise DocumentError(
                    f"column {column.path_in_schema!r} unpacks to {size // 2**20:,} MB in"
                    f" {group.num_rows:,} rows: too large for bulletins"
                )
            largest = max(largest, size)
    return largest


def count_rows(path: Path) -> int:
    """Count the rows of a file by what it says of itself."""
    return int(parquet.read_metadata(path).num_rows)
