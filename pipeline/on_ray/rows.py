"""What passes between the stages, and lies in a shard: sources with what was made of them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet
from pydantic import BaseModel

from pipeline.documents import RecordFields
from pipeline.documents.loading import GivenUp
from pipeline.plain_text import storable
from schemas.document import Document, Source
from schemas.reading import Reading

Claim = Literal["read", "had", "twice", "none"]
"""What is to be done about a source: read it; nothing, as the store has it, or as another source
of this run has the same text; nothing, as there is no text in it."""


class Row(NamedTuple):
    """One source, its document or why there is none, and the reading or why there is none.

    `error` is about the source, `fault` about the reading. Both are None, and so is the reading,
    where a run was stopped before the document was read. `given_up` is about the source, too.
    """

    source: Source
    document: Document | None
    error: str | None = None
    claim: Claim = "none"
    reading: Reading | None = None
    fault: str | None = None
    given_up: GivenUp | None = None


def pack(rows: Iterable[Row]) -> pa.Table:
    """Make an Arrow table of rows; every column is text."""
    columns = list(zip(*(_cells(row) for row in rows), strict=True)) or [()] * len(Row._fields)
    return pa.table(
        {
            name: pa.array(column, pa.large_string())
            for name, column in zip(Row._fields, columns, strict=True)
        }
    )


def unpack(table: pa.Table) -> Iterator[Row]:
    """Make rows of an Arrow table."""
    for row in table.to_pylist():
        yield Row(
            Source.model_validate(json.loads(row["source"])),
            _of(Document, row["document"]),
            row["error"],
            row["claim"],
            _of(Reading, row["reading"]),
            row["fault"],
            _given_up_of(row.get("given_up")),
        )


def paths(folder: Path) -> list[Path]:
    """List the shards in a folder and in those within, the oldest first."""
    return sorted(folder.rglob("*.parquet"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def read(path: Path) -> Iterator[Row]:
    """Read a shard. Raises `OSError` or `ValueError` where it is damaged."""
    return unpack(parquet.read_table(path))


def _cells(row: Row) -> tuple[str | None, ...]:
    error, fault = (text and storable(text) for text in (row.error, row.fault))
    source, document, reading = map(_json, (row.source, row.document, row.reading))
    return (source, document, error, row.claim, reading, fault, _told(row.given_up))


def _told(given_up: GivenUp | None) -> str | None:
    if given_up is None:
        return None
    return json.dumps({**given_up._asdict(), "fields": asdict(given_up.fields)})


def _given_up_of(told: str | None) -> GivenUp | None:
    if told is None:
        return None
    facts = json.loads(told)
    return GivenUp(**{**facts, "fields": RecordFields(**facts["fields"])})


def _json(shape: BaseModel | None) -> str | None:
    # Arrow's text is UTF-8, which lone surrogates are not; escaped, they pass.
    return None if shape is None else json.dumps(shape.model_dump(mode="json"))


def _of(shape: type[BaseModel], told: str | None) -> Any:  # noqa: ANN401 - of that shape
    return None if told is None else shape.model_validate(json.loads(told))
