"""Sources -> documents, one at a time; what cannot be read is a line that says why."""

import io
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pipeline.documents import markdown, records
from pipeline.documents.decoding import decode_lines, mend
from pipeline.documents.headline import publication_day_of, title_of
from pipeline.documents.records import LARGEST, Record, RecordFields, Stream
from pipeline.documents.sources import STDIN, find_sources
from pipeline.documents.text import Parts, document_from, normalise, with_leads
from pipeline.errors import DocumentError
from pipeline.lazy import lazy
from schemas.document import Document, Metadata, Source

if TYPE_CHECKING:
    from pipeline.documents import front_matter, parquet, pdf, webpage, word
else:
    front_matter = lazy("pipeline.documents.front_matter")
    parquet = lazy("pipeline.documents.parquet")
    pdf = lazy("pipeline.documents.pdf")
    webpage = lazy("pipeline.documents.webpage")
    word = lazy("pipeline.documents.word")

_FORMATS = {
    suffix: name
    for name, suffixes in {
        "txt": ".txt .text",
        "md": ".md .markdown",
        "html": ".html .htm .xhtml",
        "pdf": ".pdf",
        "docx": ".docx",
        "jsonl": ".jsonl .ndjson",
        "csv": ".csv .tsv",
        "parquet": ".parquet .pq",
        "json": ".json",
    }.items()
    for suffix in suffixes.split()
}
_HEAD = 1024
_LONGEST_ERROR = 300
# What a file is by its first bytes, whatever its name, and what to do with it.
_UNREADABLE = (
    (b"\x89PNG", "a PNG picture: run OCR first"),
    (b"\xff\xd8\xff", "a JPEG picture: run OCR first"),
    (b"GIF8", "a GIF picture: run OCR first"),
    (b"II*\0", "a TIFF picture: run OCR first"),
    (b"MM\0*", "a TIFF picture: run OCR first"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file: save it as DOCX without a password"),
    (b"{\\rtf", "an RTF file: save it as DOCX or text"),
    (b"PK\x03\x04", "a ZIP archive or Office file of another kind: save it as DOCX or text"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
)


class LoadedSource(NamedTuple):
    """A source with its document, or with the one line that says why there is none."""

    source: Source
    document: Document | None
    error: str | None = None


def read_all(
    paths: Sequence[str],
    fields: RecordFields | None = None,
    passed_over: Counter[str] | None = None,
) -> Iterator[LoadedSource]:
    """Read every bulletin that `paths` name: files, folders, patterns, `-` for standard input.

    Lazy: one file, and one record of a file of many, is in memory at a time. Never raises for
    what a source holds or lacks: that is an error in its `LoadedSource`. `passed_over` is as in
    `find_sources`. Not to be shared by threads.
    """
    for path, error in find_sources(paths, passed_over):
        if error is None:
            yield from _read(path, fields or RecordFields())
        else:
            yield _refusal(Source(path=path), error)


def _read(path: str, fields: RecordFields) -> Iterator[LoadedSource]:
    return read_from(open_source(path), Source(path=path), fields)


def read_from(
    opening: AbstractContextManager[Stream], source: Source, fields: RecordFields
) -> Iterator[LoadedSource]:
    """Read the bulletins of one file, which `opening` opens, as `read_all` does."""
    try:
        with opening as stream:
            yield from _bulletins(stream, source, fields)
    except DocumentError as error:
        yield _refusal(source, str(error))
    except FileNotFoundError:
        yield _refusal(source, "is gone, or a link to nothing: it was listed but cannot be opened")
    except PermissionError:
        yield _refusal(source, "no permission to read it: change its mode or owner")
    except OSError as error:
        yield _refusal(source, f"cannot be read: {error.strerror or type(error).__name__}")
    except Exception:  # noqa: BLE001 - parsers of untrusted files raise whatever they meet
        yield _refusal(source, "broken file: open it in its program and save it again")


def _refusal(source: Source, error: str) -> LoadedSource:
    # Ids and names of columns come from the file: they may hold line breaks, and be long.
    return LoadedSource(source, None, " ".join(error.split())[:_LONGEST_ERROR])


@contextmanager
def open_source(path: str) -> Iterator[Stream]:
    """Open a file, or standard input."""
    if path == STDIN:
        if sys.stdin is None:
            raise DocumentError("there is no standard input")
        # A reader of our own, as what stands in for standard input may not be able to peek.
        stream: Stream = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
        try:
            yield stream
        finally:
            stream.detach()
        return
    mode = os.stat(path).st_mode  # noqa: PTH116 - paths stay as the caller wrote them
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise DocumentError("neither a file nor a folder")
    with open(path, "rb") as file:  # noqa: PTH123 - the same
        yield file


def _bulletins(stream: Stream, source: Source, fields: RecordFields) -> Iterator[LoadedSource]:
    if source.path.endswith(".gold.json"):
        raise DocumentError("gold labels, not a bulletin")
    kind = _format(source.path, stream.peek(_HEAD)[:_HEAD])
    streamed = _STREAMED.get(kind)
    if streamed is None:
        data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise DocumentError(
                f"over {LARGEST // 2**20} MB, too large for one bulletin: split it, or put"
                " bulletins one a line into a JSONL file"
            )
        if not data.strip():
            raise DocumentError("the file is empty")
        if kind != "json":
            yield LoadedSource(source, _document(_parse(data, kind, fields), kind))
            return
        found = records.from_json(data, fields)
    else:
        found = streamed(stream, fields)
    is_empty = True
    for record in _tell_apart(found):
        is_empty = False
        yield _load_record(record, source, kind)
    if is_empty:
        raise DocumentError("no record in the file")


def _tell_apart(found: Iterable[Record]) -> Iterator[Record]:
    """Give texts with the same ID in one file a number: each is a source of its own."""
    seen: set[int] = set()  # hashes, as there may be millions
    again: Counter[str] = Counter()
    for record in found:
        if record.parts is None:
            yield record
        elif (own := hash(record.key)) in seen:
            again[record.key] += 1
            yield record._replace(key=f"{record.key} ({again[record.key] + 1})")
        else:
            seen.add(own)
            yield record


def _load_record(record: Record, source: Source, kind: str) -> LoadedSource:
    source = source.model_copy(update={"record": record.key})
    if record.parts is None:
        return _refusal(source, record.error or "no text in it")
    try:
        return LoadedSource(source, _document(record.parts, kind))
    except DocumentError as error:
        return _refusal(source, str(error))


def _document(parts: Parts, kind: str) -> Document:
    text = with_leads(map(mend, parts.leads), mend(parts.body))
    document = document_from(text, Metadata(format=kind))
    if not document.text:
        raise DocumentError("no text in it")
    stated: dict[str, Any] = {
        "title": normalise(mend(parts.title)) if parts.title else title_of(document.text),
        "published_on": parts.published_on or publication_day_of(document.text),
    }
    if parts.pages:
        stated |= {
            "ocr_pages": parts.pages.by_ocr,
            "pages_without_words": parts.pages.without_words,
        }
    return document.model_copy(update={"metadata": document.metadata.model_copy(update=stated)})


def _format(path: str, head: bytes) -> str:
    """Tell a file's format by its first bytes where they say it, else by its name, else text."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - the same
    named = _FORMATS.get(suffix)
    if b"%PDF-" in head and named in (None, "txt", "pdf"):
        return "pdf"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04") and (named == "docx" or not suffix):
        return "docx"
    for signature, what in _UNREADABLE:
        if head.startswith(signature):
            raise DocumentError(what)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if named in (None, "txt") and start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if named is None and start.startswith((b'{"', b'{ "')):
        return "jsonl"
    return named or "txt"


def _parse(data: bytes, kind: str, fields: RecordFields) -> Parts:
    if kind == "html":
        return webpage.parse(data)
    if kind == "pdf":
        return pdf.parse(data, by_ocr=fields.ocr)
    if kind == "docx":
        return word.parse(data)
    text = decode_lines(data).lstrip()
    parts = Parts(text)
    if text.startswith("---"):
        parts = front_matter.split(text)
    if kind == "md":
        leads = tuple(map(markdown.plain, parts.leads))
        parts = parts._replace(body=markdown.plain(parts.body), leads=leads)
    return parts


def _from_parquet(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    return parquet.read_records(stream, fields)


_RecordReader = Callable[[Stream, RecordFields], Iterator[Record]]

_STREAMED: dict[str, _RecordReader] = {
    "jsonl": records.from_jsonl,
    "csv": records.from_csv,
    "parquet": _from_parquet,
}
