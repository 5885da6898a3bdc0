"""Parquet files -> one record at a time."""

from collections.abc import Iterator
from pathlib import Path

from pyarrow import ArrowException, parquet  # type: ignore[import-untyped]

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


def read_records(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    """Yield a record for each row, some rows in memory at a time."""
    try:
        # Without these two the whole file is fetched before the first row.
        with parquet.ParquetFile(stream, pre_buffer=False, buffer_size=_READ_BYTES) as file:
            all_names = [fold_name(name) for name in file.schema_arrow.names]
            check_columns(all_names, fields)
            repeated = find_repeated(all_names, fields)
            names = {
                name: written
                for name, written in zip(all_names, file.schema_arrow.names, strict=True)
                if name not in repeated
            }
            wanted = [*text_fields(fields), fold_name(fields.id or "id"), *NAMED]
            columns = [names[name] for name in dict.fromkeys(wanted) if name in names]
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
                for i in range(batch.num_rows):
                    number += 1
                    yield record_of(batch.slice(i, 1).to_pylist()[0], fields, number)
    except (ArrowException, OSError, ValueError) as error:
        raise DocumentError(f"broken Parquet: {str(error).splitlines()[0][:120]}") from error


def count_rows(path: Path) -> int:
    """Count the rows of a file by what it says of itself."""
    return int(parquet.read_metadata(path).num_rows)
