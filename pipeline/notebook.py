"""jornada in a notebook: read one bulletin, and ask a database for tables.

    from pipeline.notebook import facts, query, read_file, read_text

Backlogs are read by `jornada extract`, which keeps what it read: nothing here writes into a
database, but that one of an older version is given the views of today.
What goes wrong is a `pipeline.errors.JornadaError` whose text is one line that says what to do.
"""

import asyncio
import io
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from pipeline.configuration.layer import Layer, describe_error
from pipeline.configuration.resolution import find_database, real_database, resolve
from pipeline.documents import LoadedSource, RecordFields
from pipeline.documents.loading import read_from
from pipeline.documents.ocr import require_ocr
from pipeline.errors import DocumentError, ReaderError, StoreError, UsageError
from pipeline.extract import extract
from pipeline.isolation.loading import read_all
from pipeline.runs.reader_choice import READERS, Choice, choose
from pipeline.runs.readers import build_reader
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.document import Document, Metadata, Source
from schemas.reading import Reading
from schemas.report import JornadaReport

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

    from pipeline.documents.records import Stream

__all__ = ["Bulletin", "facts", "query", "read_file", "read_text"]


class Bulletin(NamedTuple):
    """A bulletin that was read.

    `text[figure.char_start:figure.char_end]` is the quote of each figure of the report. `text` is
    that of the file with its spaces and line breaks evened out; offsets count its characters.
    """

    text: str
    report: JornadaReport
    reading: Reading
    """How the report came about: reader, model, findings of the checks, tokens, cost."""


def read_text(
    text: str,
    *,
    reader: str | None = None,
    title: str | None = None,
    published_on: date | str | None = None,
) -> Bulletin:
    """Read one bulletin: its text, or its HTML, as a file of it would be read.

    `reader` is "baseline", "llm" or "auto", which is the model that the environment or
    `jornada.toml` sets, else the baseline; None leaves that to `jornada.toml`, too. `title` and
    `published_on`, a date or one in ISO's form ("2022-08-20"), are what is known of the bulletin
    beside its text.

    Raises `DocumentError` where there is no text in it, `UsageError` for an argument or settings
    that cannot be used, `ReaderError` where the reader fails.

        read_text("IMSS otorgó 120 consultas", reader="baseline").report.figures[0].value  # 120
    """
    if not text.strip():
        raise DocumentError("the text is empty")
    stream: Stream = io.BufferedReader(io.BytesIO(text.encode(errors="ignore")))
    # Named so that it is not taken for records, whatever it begins with.
    loaded = read_from(nullcontext(stream), Source(path="text.txt"), RecordFields())
    document = _with_metadata(_only_document(loaded, "the text"), title, published_on)
    return _read(document, "the text", reader)


def read_file(
    path: str | os.PathLike[str],
    *,
    record: str | None = None,
    reader: str | None = None,
    ocr: bool = False,
) -> Bulletin:
    """Read the bulletin of one file, of any format that `jornada extract` reads.

    Of a file of records, `record` says which by its ID, or by its number where it has none; as
    text. `reader` is that of `read_text`. With `ocr`, pages of a PDF that are pictures are read by
    OCR.

    Raises `DocumentError` where the file cannot be read, holds several bulletins and `record` does
    not say which, or has no such record; else what `read_text` raises, `UsageError` also where OCR
    is not installed.

        read_file("bulletins/2022-07.pdf").report.figures
        read_file("bulletins/2025.jsonl", record="2025-06-a").report.figures
    """
    if ocr:
        require_ocr()
    whole = os.path.abspath(path)  # noqa: PTH100 - "-" is a file here, not standard input
    loaded: Iterable[LoadedSource] = read_all([whole], RecordFields(ocr=ocr))
    if record is not None:
        loaded = (each for each in loaded if each.source.record in (record, None))
        whole = f"{whole}#{record}"
    return _read(_only_document(loaded, whole), whole, reader)


def facts(db: str | os.PathLike[str] | None = None, where: str | None = None) -> "pa.Table":
    """Give the view `facts` of a database: one row a figure, with all that is known of it.

    Without `db` it is the database that `JORNADA_DB` names, else `jornada.duckdb` here.

    `where` is a condition in SQL on the columns of the view, which the database describes
    (`query("DESCRIBE facts")`). Rows are in the order of files, and of figures in them. Raises
    `StoreError` where there is no such database, or the condition cannot be understood.

        facts(where="service = 'surgery' AND year = 2022").to_pandas()
    """
    # On lines of its own, so that a comment at its end does not take the bracket with it.
    condition = "" if where is None else f"WHERE (\n{where}\n)"
    order = "ORDER BY path, record, document_id, number"
    return query(f"SELECT * FROM facts {condition} {order}", db)  # noqa: S608 - it may say anything


def query(sql: str, db: str | os.PathLike[str] | None = None) -> "pa.Table":
    """Ask a database in SQL, which can only read it. It is closed again.

    Without `db` it is the database that `JORNADA_DB` names, else `jornada.duckdb` here.

    Raises `StoreError` where there is no such database, or the SQL cannot be understood.

        query("SELECT jornada, value FROM jornada_totals WHERE service = 'surgery'")
    """
    path = real_database(find_database() if db is None else Path(db))
    if not path.exists():
        raise StoreError(
            f"{path.absolute()}: there is no such database; make one with `jornada extract`, or "
            "give the path of another as db"
        )
    store = Store.for_questions(path)
    store.try_to_upgrade()
    return store.ask_table(sql)


def _only_document(loaded: Iterable[LoadedSource], name: str) -> Document:
    found = list(islice(loaded, 2))
    if len(found) > 1:
        first = found[0].source.record
        hint = f" say which as record (the first is {first!r}), or" if first is not None else ""
        raise DocumentError(
            f"{name}: holds several bulletins;{hint} read all with `jornada extract`"
        )
    if not found:
        raise DocumentError(f"{name}: there is no such record")
    if found[0].document is None:
        raise DocumentError(f"{name}: {found[0].error}")
    return found[0].document


def _with_metadata(
    document: Document, title: str | None, published_on: date | str | None
) -> Document:
    given = {"title": title, "published_on": published_on}
    stated = {name: it for name, it in given.items() if it is not None}
    try:
        metadata = Metadata.model_validate(document.metadata.model_dump() | stated)
    except ValidationError as error:
        (name, *_), said = describe_error(error)
        raise UsageError(f"{name}: {said}") from error
    return document.model_copy(update={"metadata": metadata})


def _read(document: Document, name: str, reader: str | None) -> Bulletin:
    if reader is not None and reader not in READERS:
        raise UsageError(f"reader is one of {', '.join(READERS)}, not {reader!r}")
    settings = resolve(Layer())
    if reader is not None:
        settings = settings.model_copy(update={"reader": reader})
    reading = _run(document, settings, choose(settings))
    if reading.report is None:
        raise ReaderError(f"{name}: {reading.error}")
    return Bulletin(document.text, reading.report, reading)


def _run(document: Document, settings: Settings, choice: Choice) -> Reading:
    """Wait for a reading, where an event loop runs already (as in a notebook) in another thread."""
    asked = _read_by(document, settings, choice)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(asked)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, asked).result()


async def _read_by(document: Document, settings: Settings, choice: Choice) -> Reading:
    async with build_reader(settings, choice) as reader:
        return await extract(document, reader)
