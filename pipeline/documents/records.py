"""Files of many bulletins -> one record at a time: JSONL, CSV, JSON."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, AnyStr, NamedTuple, TypeAlias

from pipeline.documents.decoding import decode
from pipeline.documents.fields import NAMED, parts_of
from pipeline.documents.limits import LARGEST, require_size
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

Stream: TypeAlias = "io.BufferedReader"

_DEFAULT_TEXT = "text"
_LONGEST_KEY = 1000  # characters
_MOST_PIECES = 800  # of a line that is passed over: 8 GB
_LONGEST_HEADER = 1024 * 1024
_OTHER_TEXTS = ("body", "content", "texto", "contenido", "cuerpo")


@dataclass(frozen=True)
class RecordFields:
    """Which fields of a record hold its text and its id; names match in any case.

    Where there is no field `text`, "body", "content" and "texto" are tried; where there is no id,
    a record is known by its line (JSONL, CSV) or row number. `ocr` is about other files: pages of
    a PDF that are pictures are read by OCR.
    """

    text: str = _DEFAULT_TEXT
    id: str | None = None
    ocr: bool = False


class Record(NamedTuple):
    """One record by its id or number: its parts, or why it has none.

    One that `is_lost` may have an id, which nobody can read.
    """

    key: str
    parts: Parts | None
    error: str | None = None
    is_lost: bool = False


def from_jsonl(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    """Yield a record for each line; a broken line is an error of its own, the rest are read."""
    for number, line in _lines(stream):
        try:
            if text := line().strip():
                yield record_of(_json(text), fields, number)
        except DocumentError as error:
            yield Record(str(number), None, f"line {number}: {error}", is_lost=True)


def from_json(data: bytes, fields: RecordFields) -> Iterator[Record]:
    """Yield the records of a JSON list, or one object; JSON lines under this name are read too."""
    text = decode(data)
    try:
        items = _json(text)
    except DocumentError:
        if "\n" not in text.strip():
            raise
        yield from from_jsonl(io.BufferedReader(io.BytesIO(data)), fields)
        return
    for number, item in enumerate(items if isinstance(items, list) else [items], start=1):
        yield record_of(item, fields, number)


def from_csv(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    """Yield a record for each row below the header; the delimiter is told by the header.

    Raises `DocumentError` where what follows cannot be read.
    """
    csv.field_size_limit(LARGEST)  # Python's own limit is 128 KB
    lines = _RowLines(stream)
    first = next(lines, "")
    if lines.error:
        raise lines.error
    if len(first) > _LONGEST_HEADER:
        raise DocumentError("broken CSV: its first line, which should name the columns, is endless")
    header, delimiter = _header(first, fields)
    check_columns(header, fields)
    repeated = find_repeated(header, fields)
    header = ["" if name in repeated else name for name in header]
    rows = csv.reader(lines, delimiter=delimiter)
    number = 2
    lines.begin_row()
    try:
        for row in rows:
            if lines.error:
                error = f"line {number}: {lines.error}"
                yield Record(str(number), None, error, is_lost=True)
            elif any(row):
                yield _csv_record(header, row, fields, number)
            number = rows.line_num + 2
            lines.begin_row()
    except csv.Error as error:
        raise DocumentError(f"line {number}: broken CSV ({error}); rows after it unread") from error


class _RowLines:
    """The lines of a CSV, of which one row takes several; `error` is what is wrong with those."""

    def __init__(self, stream: Stream) -> None:
        self._lines = _lines(stream)
        self.begin_row()

    def begin_row(self) -> None:
        """Forget what the lines of the last row were."""
        self.error: DocumentError | None = None
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line, a blank one for what is none.

        Raises `csv.Error` where a row does not end.
        """
        _, line = next(self._lines)
        try:
            text = line()
        except DocumentError as error:
            self.error = error
            return "\n"
        self._size += len(text)
        if self._size > LARGEST:
            raise csv.Error(f"a row of over {LARGEST // 2**20} MB: a quote that is not closed?")
        return text


def _lines(stream: Stream) -> Iterator[tuple[int, "_Line"]]:
    """Yield each line with its number, undecoded: a line that is no text spoils no other."""
    if stream.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = io.TextIOWrapper(stream, "utf-16", errors="replace", newline="")
        yield from enumerate(map(_Line, _bounded_lines(wide.readline)), 1)
        wide.detach()
    else:
        yield from enumerate(map(_Line, _bounded_lines(stream.readline)), 1)


def _bounded_lines(read: Callable[[int], AnyStr]) -> Iterator[AnyStr]:
    """Yield each line, an empty one in the place of one that is too long."""
    while line := read(LARGEST):
        piece, pieces = line, 1
        while len(piece) == LARGEST and piece[-1:] not in ("\n", b"\n"):
            if pieces == _MOST_PIECES:
                raise DocumentError("a line that does not end: no lines of records in it")
            if piece := read(LARGEST):
                line, pieces = piece[:0], pieces + 1
        yield line


class _Line:
    """One line as read; calling it decodes it. An empty one stands for one that is too long."""

    def __init__(self, raw: str | bytes) -> None:
        self._raw = raw

    def __call__(self) -> str:
        if not self._raw:
            raise DocumentError(f"longer than {LARGEST // 2**20} MB")
        if isinstance(self._raw, str):
            return self._raw
        return decode(self._raw)


def _json(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise DocumentError(f"broken JSON at character {error.pos + 1}: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # endless digits or brackets
        raise DocumentError("broken JSON: a number or nesting beyond all bounds") from error


class _Repeating(dict[str, Any]):
    """An object of which a key stands twice: the last one counts, and `names` has them all."""

    names: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        whole = _Repeating(whole)
        whole.names = tuple(name for name, _ in pairs)
    return whole


def fold_name(name: str) -> str:
    """Give the name of a column or key as it is compared: in any case, with blanks around it."""
    return name.strip().casefold()


def text_fields(fields: RecordFields) -> list[str]:
    """List the fields that may hold a record's text, in lower case, the likeliest first."""
    name = fold_name(fields.text)
    return [name, *_OTHER_TEXTS] if name == _DEFAULT_TEXT else [name]


def _header(line: str, fields: RecordFields) -> tuple[list[str], str]:
    """Split the header by the delimiter that finds the text's column, or else the most columns."""
    found = []
    for mark in ",;\t|":
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=mark), [])
        names = [fold_name(cell) for cell in cells]
        found.append((not set(names).isdisjoint(text_fields(fields)), len(names), names, mark))
    _, _, names, mark = max(found, key=lambda split: split[:2])
    return names, mark


def check_columns(names: Sequence[str], fields: RecordFields) -> None:
    """Raise DocumentError unless `names`, in lower case, hold the columns that are asked for."""
    wanted = [text_fields(fields)] + ([[fold_name(fields.id)]] if fields.id else [])
    for options in wanted:
        if not set(options).intersection(names):
            columns = ", ".join(names)[:200] or "none"
            raise DocumentError(f"no column {options[0]!r} (columns: {columns}): name it by option")


def find_repeated(names: Sequence[str], fields: RecordFields, kind: str = "column") -> set[str]:
    """Find which of `names`, in lower case, stand twice and are of no use.

    Raises DocumentError for one that is: nobody knows which of the two is meant.
    """
    repeated = {name for name, times in Counter(names).items() if times > 1}
    text = next((name for name in text_fields(fields) if name in names), "")
    for name in (text, fold_name(fields.id or "id"), *NAMED):
        if name in repeated:
            raise DocumentError(f"{kind} {name!r} stands twice: rename one")
    return repeated


def _csv_record(
    header: Sequence[str], row: Sequence[str], fields: RecordFields, number: int
) -> Record:
    if len(row) > len(header) and any(row[len(header) :]):
        error = f"line {number}: {len(row)} cells under {len(header)} columns; put texts in quotes"
        return Record(str(number), None, error)
    return record_of(dict(zip(header, row, strict=False)), fields, number)


def record_of(item: object, fields: RecordFields, number: int) -> Record:
    """Make a record of an object with named fields, the `number`th, or of what is none."""
    if not isinstance(item, Mapping):
        return Record(str(number), None, f"record {number}: not an object with named fields")
    names = item.names if isinstance(item, _Repeating) else item
    try:
        repeated = find_repeated([fold_name(str(name)) for name in names], fields, "key")
    except DocumentError as twice:
        return Record(str(number), None, f"record {number}: {twice}")
    named = {fold_name(str(key)): value for key, value in item.items()}
    named = {name: value for name, value in named.items() if name not in repeated}
    own = named.get(fold_name(fields.id or "id"))
    key = str(own)[:_LONGEST_KEY].strip() if isinstance(own, str | int | float) else ""
    key = key or str(number)
    text = _first(named, text_fields(fields))
    try:
        text = decode(text) if isinstance(text, bytes) else text
        if not isinstance(text, str) or not text.strip():
            return Record(key, None, f"record {key}: no text in field {fields.text!r}")
        require_size(text)
    except DocumentError as error:
        return Record(key, None, f"record {key}: {error}")
    return Record(key, parts_of(named, text))


def _first(named: Mapping[str, object], names: Iterable[str]) -> object:
    return next((named[name] for name in names if named.get(name)), None)
