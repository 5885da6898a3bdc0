"""Sources -> documents, one at a time; what cannot be read is a line that says why."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.documents import parsing, records
from pipeline.documents.decoding import mend
from pipeline.documents.formats import HEAD, format_of
from pipeline.documents.headline import publication_day_of, title_of
from pipeline.documents.hidden_text import tell_hidden
from pipeline.documents.limits import LARGEST, require_size
from pipeline.documents.lookalikes import spelt_unseen
from pipeline.documents.markup import without_markup
from pipeline.documents.opening import open_source
from pipeline.documents.records import Record, RecordFields, Stream
from pipeline.documents.sources import find_sources, is_of_another_kind
from pipeline.documents.text import Parts, document_from, normalise, with_leads
from pipeline.errors import DocumentError
from pipeline.lazy import lazy
from schemas.document import Document, Metadata, Source

if TYPE_CHECKING:
    from pipeline.documents import feed, mail, mbox, parquet
else:
    feed = lazy("pipeline.documents.feed")
    mail = lazy("pipeline.documents.mail")
    mbox = lazy("pipeline.documents.mbox")
    parquet = lazy("pipeline.documents.parquet")

LARGEST_OF_MANY = 5 * LARGEST
"""Bytes of the largest feed, or mail with all that is attached. Each bulletin in it may be as large
as one that is alone."""
_LONGEST_ERROR = 300
_BROKEN = "broken file: open it in its program and save it again"
_DEEPEST_MAIL = 4  # mails within mails


Begin = Callable[[int, Source | None], None]
"""Is told of each part of a file that is begun, by its number."""


class GivenUp(NamedTuple):
    """A part of a file, by its number, or the file as a whole (0), that passed the limits.

    `fields` is how it was read, `limits` says within which; `size` in bytes and `modified_ns` say
    which file it was.
    """

    part: int
    fields: RecordFields = RecordFields()
    limits: str = ""
    size: int = 0
    modified_ns: int = 0


class LoadedSource(NamedTuple):
    """A source with its document, or with the one line that says why there is none.

    `given_up` is set where that is for its size or the time it takes. A record that `is_lost` may
    be another than its number says.
    """

    source: Source
    document: Document | None
    error: str | None = None
    given_up: GivenUp | None = None
    is_lost: bool = False


class PartNumbers:
    """Numbers the parts of a file (records, mails, what is attached), from 1, as they are begun.

    They are the same each time the same file is read. Those that are `refused` are not tried, each
    for its reason.
    """

    def __init__(
        self,
        begin: Begin = lambda _number, _source: None,
        refused: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._begin = begin
        self._refused = refused
        self._number = 0

    def begin(self, source: Source) -> LoadedSource | None:
        """Begin the next part, which has this source; give what stands for a refused one."""
        self._number += 1
        if (reason := self._refused.get(self._number)) is not None:
            return refuse(source, reason)._replace(given_up=GivenUp(self._number))
        self._begin(self._number, source)
        return None


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
    for path, error, is_named in find_sources(paths, passed_over):
        source = Source(path=path)
        if error is None:
            opening = open_source(path, is_named=is_named)
            yield from read_from(opening, source, fields or RecordFields(), passed_over)
        else:
            yield refuse(source, error)


def read_from(
    opening: AbstractContextManager[Stream],
    source: Source,
    fields: RecordFields,
    passed_over: Counter[str] | None = None,
    parts: PartNumbers | None = None,
) -> Iterator[LoadedSource]:
    """Read the bulletins of one file, which `opening` opens, as `read_all` does.

    `parts` is told of each of them. Raises `MemoryError` where there is not enough for what is in
    hand: this process may be in no state to go on.
    """
    kinds = Counter[str]() if passed_over is None else passed_over
    try:
        with opening as stream:
            reading = _Reading(fields, kinds, parts or PartNumbers())
            yield from reading.bulletins(stream, source, source.path)
    except DocumentError as error:
        yield refuse(source, str(error))
    except FileNotFoundError:
        yield refuse(source, "is gone, or a link to nothing: it was listed but cannot be opened")
    except PermissionError:
        yield refuse(source, "no permission to read it: change its mode or owner")
    except OSError as error:
        yield refuse(source, f"cannot be read: {error.strerror or type(error).__name__}")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - parsers of untrusted files raise whatever they meet
        yield refuse(source, _BROKEN)


def refuse(source: Source, error: str) -> LoadedSource:
    """Say in one line why there is no document."""
    # Ids and names of columns come from the file: they may hold line breaks, and be long.
    return LoadedSource(source, None, " ".join(error.split())[:_LONGEST_ERROR])


class _Reading(NamedTuple):
    """How the bulletins of a file are read; `depth` counts the mails around what is read."""

    fields: RecordFields
    passed_over: Counter[str]
    parts: PartNumbers
    depth: int = 0

    def bulletins(self, stream: Stream, source: Source, name: str) -> Iterator[LoadedSource]:
        """Read a file, or what was attached under `name`. Raises as its parser does."""
        if name.endswith(".gold.json"):
            raise DocumentError("gold labels, not a bulletin")
        kind = format_of(name, stream.peek(HEAD)[:HEAD])
        if kind == "mbox":
            yield from self._mailbox(stream, source)
        elif streamed := _STREAMED.get(kind):
            yield from self._records(streamed(stream, self.fields), source, kind)
        elif kind in ("eml", "mht"):
            yield from self._mail(_whole(stream, LARGEST_OF_MANY), source, kind)
        elif kind == "feed":
            data = _whole(stream, LARGEST_OF_MANY)
            yield from self._records(feed.parse(data), source, kind)
        elif kind == "json":
            found = records.from_json(_whole(stream, LARGEST), self.fields)
            yield from self._records(found, source, kind)
        else:
            parts, kind = parsing.parse(_whole(stream, LARGEST), kind, by_ocr=self.fields.ocr)
            yield LoadedSource(source, _document(parts, kind))

    def _records(
        self, found: Iterable[Record], source: Source, kind: str
    ) -> Iterator[LoadedSource]:
        record = None
        for record in _tell_apart(found):
            one = _inside(source, record.key)
            yield from self._each_alone(_load_record(record, one, kind), one)
        if record is None:
            raise DocumentError("no record in the file")

    def _mailbox(self, stream: Stream, source: Source) -> Iterator[LoadedSource]:
        number = 0
        for number, data in enumerate(mbox.split(stream, LARGEST_OF_MANY), start=1):
            one = _inside(source, str(number))
            if data is None:
                yield refuse(one, f"over {LARGEST_OF_MANY // 2**20} MB, too large for a mail")
            else:
                yield from self._each_alone(self._mail(data, one, "mbox"), one)
        if not number:
            raise DocumentError("no mail in the file")

    def _mail(self, data: bytes, source: Source, kind: str) -> Iterator[LoadedSource]:
        letter = mail.parse(data, is_page=kind == "mht")
        attachments = [
            each
            for each in letter.attachments
            if each.data.strip() and not is_of_another_kind(each.name, self.passed_over)
        ]
        if letter.parts is not None:
            yield LoadedSource(source, _document(without_markup(letter.parts), kind))
        elif not attachments:
            raise DocumentError("no text in it")
        within = self._replace(depth=self.depth + 1)
        again: Counter[str] = Counter()
        for name, attached in attachments:
            again[name] += 1
            one = _inside(source, name if again[name] == 1 else f"{name} ({again[name]})")
            if within.depth > _DEEPEST_MAIL:
                yield refuse(one, "mails within mails within mails: save it as a file of its own")
                continue
            stream: Stream = io.BufferedReader(io.BytesIO(attached))
            yield from self._each_alone(within.bulletins(stream, one, name), one)

    def _each_alone(
        self, reading: Iterator[LoadedSource], source: Source
    ) -> Iterator[LoadedSource]:
        """Read a part of a file so that it costs no other part where it cannot be read."""
        if (refused := self.parts.begin(source)) is not None:
            yield refused
            return
        try:
            yield from reading
        except DocumentError as error:
            yield refuse(source, str(error))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - parsers of untrusted files raise whatever they meet
            yield refuse(source, _BROKEN)


def _inside(source: Source, key: str) -> Source:
    """Name what is inside of a file, or of a part of one."""
    return source.model_copy(
        update={"record": key if source.record is None else f"{source.record}/{key}"}
    )


def _whole(stream: Stream, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        raise DocumentError(
            f"over {most // 2**20} MB, too large for one bulletin: split it, or put"
            " bulletins one a line into a JSONL file"
        )
    if not data.strip():
        raise DocumentError("the file is empty")
    return data


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


def _load_record(record: Record, source: Source, kind: str) -> Iterator[LoadedSource]:
    if record.parts is None:
        lost = refuse(source, record.error or "no text in it")
        yield lost._replace(is_lost=record.is_lost)
    else:
        yield LoadedSource(source, _document(without_markup(record.parts), kind))


def _document(parts: Parts, kind: str) -> Document:
    require_size(parts.body, *parts.leads, parts.title or "")
    text = with_leads(map(mend, parts.leads), mend(parts.body))
    document = document_from(text, Metadata(format=kind))
    if not document.text:
        raise DocumentError("no text in it")
    stated: dict[str, Any] = {
        "title": normalise(mend(parts.title)) if parts.title else title_of(document.text),
        "published_on": parts.published_on or publication_day_of(document.text),
    }
    unseen = (part for part in (*parts.leads, parts.body) for part in spelt_unseen(part))
    stated |= tell_hidden((*parts.hidden, *unseen))
    if parts.pages:
        stated |= {
            "ocr_pages": parts.pages.by_ocr,
            "pages_without_words": parts.pages.without_words,
        }
    return document.model_copy(update={"metadata": document.metadata.model_copy(update=stated)})


def _from_parquet(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    return parquet.read_records(stream, fields)


_RecordReader = Callable[[Stream, RecordFields], Iterator[Record]]

_STREAMED: dict[str, _RecordReader] = {
    "jsonl": records.from_jsonl,
    "csv": records.from_csv,
    "parquet": _from_parquet,
}
