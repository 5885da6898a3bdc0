"""The current figures as a file: CSV, Parquet, JSON lines or Excel, by the file's ending."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipeline.console.export_rows import escape_formula, iterate_rows
from pipeline.errors import UsageError
from pipeline.lazy import lazy
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.console import export_xlsx
else:
    export_xlsx = lazy("pipeline.console.export_xlsx")

_FIGURES = """
WITH first_sources AS (
    SELECT document_id,
        arg_min(
            path || coalesce('#' || record, ''), (seen_at, path, coalesce(record, ''))
        ) AS source
    FROM sources WHERE document_id IS NOT NULL GROUP BY document_id
), kinds AS (
    SELECT DISTINCT service, detail, unnest(string_split(detail, '+')) AS kind
    FROM current_figures
), details AS (
    SELECT kinds.service, kinds.detail, string_agg(english, ', ' ORDER BY kind) AS english,
        string_agg(spanish, ', ' ORDER BY kind) AS spanish
    FROM kinds JOIN codes ON codes.service = kinds.service AND codes.detail = kind GROUP BY ALL
)
SELECT f.document_id, coalesce(r.title, d.title) AS title,
    coalesce(r.published_on, d.published_on) AS published_on, s.source,
    f.number, f.value, f.unit, f.basis, f.service, c.english AS service_en,
    c.spanish AS service_es, f.detail, k.english AS detail_en, k.spanish AS detail_es,
    f.status, f.period, f.edition,
    f.starts_on, f.ends_on, f.place, f.place_kind, f.state,
    f.approximate, f.quote, f.char_start, f.char_end,
    r.reader, r.model, r.prompt, f.reading_id
FROM current_figures f
JOIN current_readings r USING (reading_id)
JOIN documents d ON d.document_id = f.document_id
LEFT JOIN codes c ON c.service = f.service AND c.detail IS NULL
LEFT JOIN details k ON k.service = f.service AND k.detail = f.detail
LEFT JOIN first_sources s ON s.document_id = f.document_id
ORDER BY published_on, title, f.document_id, f.number
"""


def export(store: Store, to: Path, *, force: bool) -> int:
    """Write the current figures to `to`; return how many.

    The file appears whole or not at all. Raises `UsageError` for an unknown ending, a file that
    exists (unless `force`) and one that cannot be written.
    """
    suffix = to.suffix.lower()
    if suffix not in (endings := tuple(_WRITERS)):
        raise UsageError(f"--to {to}: the name must end in one of {', '.join(endings)}")
    if to.exists() and not force:
        raise UsageError(f"--to {to}: exists already; --force overwrites it")
    store.upgrade_older()
    figures = store.ask_table(_FIGURES)
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            _WRITERS[suffix](figures, file)
        unfinished.replace(to)
    except OSError as error:
        raise UsageError(f"--to {to}: cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return int(figures.num_rows)


def _write_csv(figures: pa.Table, file: BinaryIO) -> None:
    # Excel takes a CSV file for UTF-8 only if it begins with a byte order mark, and would garble
    # every accent; DuckDB, pandas and R skip the mark.
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(lines)
    writer.writerow(figures.column_names)
    for row in iterate_rows(figures):
        writer.writerow(_csv_cell(value) for value in row.values())
    lines.detach()


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(value) if isinstance(value, str) else value


def _write_jsonl(figures: pa.Table, file: BinaryIO) -> None:
    file.writelines(
        json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
        for row in iterate_rows(figures)
    )


def _write_parquet(figures: pa.Table, file: BinaryIO) -> None:
    pq.write_table(figures, file, compression="zstd")


def _write_xlsx(figures: pa.Table, file: BinaryIO) -> None:
    export_xlsx.write(figures, file)


_WRITERS: dict[str, Callable[[pa.Table, BinaryIO], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
    ".xlsx": _write_xlsx,
}
