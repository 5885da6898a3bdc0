"""Where a document's text came from, and what is there today."""

import os
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.documents.holding import holds
from pipeline.documents.limits import LARGEST
from pipeline.documents.sources import STDIN, kind_of_no_file
from pipeline.errors import DocumentError
from pipeline.isolation.call import call_within
from pipeline.isolation.limits import Limits
from pipeline.store import Store
from schemas.document import Document, Source

# Of each source the newest row, where any of its rows is of the document.
_SOURCES = """
WITH own AS (SELECT DISTINCT path, record FROM sources WHERE document_id = $1)
SELECT s.path, s.record, s.status, s.error, s.seen_at, s.document_id = $1
FROM sources AS s JOIN own ON s.path = own.path AND s.record IS NOT DISTINCT FROM own.record
WHERE s.path <> '-' OR s.document_id = $1
QUALIFY row_number() OVER (
    PARTITION BY s.path, s.record ORDER BY s.seen_at DESC, s.rowid DESC
) = 1
ORDER BY s.seen_at, s.path, s.record
LIMIT 100
"""
_LONG = Limits(seconds=120)
"""For what a person asked for and waits for."""


class StoredSource(NamedTuple):
    """A source as it was last seen, when that was (UTC), and whether it held the document then."""

    path: str
    record: str | None
    status: str
    error: str | None
    seen_at: datetime
    held: bool

    @property
    def link(self) -> str | None:
        """Give its address, where it is one that a browser may be sent to."""
        return web_link(self.path)

    @property
    def is_stdin(self) -> bool:
        """Tell whether it came by standard input, and so is nowhere."""
        return self.path in (STDIN, "/dev/stdin")


class FileState(NamedTuple):
    """A file as it is now: its size in bytes, when it was changed (UTC); or why there is none."""

    size: int
    modified_ns: int
    fault: str | None = None

    @property
    def modified(self) -> datetime:
        """Tell when it was changed last."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC).replace(tzinfo=None)


class Held(NamedTuple):
    """Whether a source holds the text today; None where nobody looked, or it cannot be told."""

    answer: bool | None
    why: str | None = None


def fetch_sources(store: Store, document_id: str) -> tuple[StoredSource, ...]:
    """Fetch all sources that a document was ever found in, as they were last seen."""
    rows = store.read(_SOURCES, [document_id]).rows
    return tuple(StoredSource(*row) for row in rows)


def web_link(path: str) -> str | None:
    """Give an address of the web as a browser may follow it; None for anything else."""
    try:
        parts = urlsplit(path)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return parts.geturl() if is_web else None


def look_at(path: str) -> FileState:
    """Look at a file without opening it: it may have become something else than it was."""
    try:
        about = os.stat(path)  # noqa: PTH116 - paths stay as they were stored
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        return FileState(0, 0, "is not there any more" if missing else "cannot be looked at")
    if stat.S_ISDIR(about.st_mode):
        return FileState(0, 0, "is a folder now")
    if kind := kind_of_no_file(about):
        return FileState(0, 0, f"is a {kind} now, and no file")
    return FileState(about.st_size, about.st_mtime_ns)


def ask_whether_held(
    source: StoredSource, state: FileState, document: Document, *, at_once: bool
) -> Held:
    """Read a file again to tell whether it holds the document's text.

    Where that would take long (a large file, or OCR), only if it is to be done `at_once`.
    """
    if state.fault:
        return Held(None, state.fault)
    by_ocr = bool(document.metadata.ocr_pages)
    if not at_once and (by_ocr or state.size > LARGEST):
        return Held(None)
    return _ask(source.path, source.record, document.id, by_ocr, state)


@lru_cache(maxsize=256)
def _ask(
    path: str,
    record: str | None,
    document_id: str,
    by_ocr: bool,  # noqa: FBT001 - the key of the cache
    _state: FileState,
) -> Held:
    limits = _LONG.by_ocr() if by_ocr else _LONG
    try:
        source = Source(path=path, record=record)
        return Held(call_within(limits, holds, source, document_id, by_ocr=by_ocr))
    except DocumentError as error:
        return Held(None, str(error))


def is_pdf(source: StoredSource, document: Document) -> bool:
    """Tell whether the pages of a source can be shown: it is a PDF, and no part of another file."""
    return document.metadata.format == "pdf" and source.record is None and not source.is_stdin


def choose_pdf(sources: Sequence[StoredSource], document: Document) -> StoredSource | None:
    """Give the first PDF that is there."""
    return next(
        (one for one in sources if is_pdf(one, document) and not look_at(one.path).fault), None
    )
