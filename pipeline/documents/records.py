"""Files of many bulletins -> one record at a time: JSONL, CSV, JSON."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from pipeline.documents.decoding import decode
from pipeline.documents.fields import NAMED, parts_of
from pipeline.documents.text import Parts
from pipeline.errors import DocumentError

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest single bulletin. A bulletin is a page or two, with pictures a few
megabytes; a larger file is something else, and a model could not be asked about it anyhow."""

Stream: TypeAlias = "io.BufferedReader"

_DEFAULT_TEXT = "text"
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
    """One record by its id or number: its parts, or why it has none."""

    key: str
    parts: Parts | None
    error: str | None = None


def from_jsonl(stream: Stream, fields: RecordFields) -> Iterator[Record]:
    """Yield a record for each line; a broken line is an error of its own, the rest are read."""
    for number, line in _lines(stream):
        try:
            if text := line().strip():
                yield record_of(_json(text), fields, number)
        except DocumentError as error:
            yield Record(str(number), None, f"line {number}: {error}")


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
    lines = (line() for _, line in _lines(stream))
    first = next(lines, "")
    header, delimiter = _header(first, fields)
    check_columns(header, fields)
    repeated = find_repeated(header, fields)
    header = ["" if name in repeated else name for name in header]
    rows = csv.reader(lines, delimiter=delimiter)
    number = 2
    try:
        for row in rows:
            if any(row):
                yield _csv_record(header, row, fields, number)
            number = rows.line_num + 2
    except csv.Error as error:
        raise DocumentError(f"line {number}: broken CSV ({error}); rows after it unread") from error


def _lines(stream: Stream) -> Iterator[tuple[int, "_Line"]]:
    """Yield each line with its number, undecoded: a line that is no text spoils no other."""
    if stream.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = io.TextIOWrapper(stream, "utf-16", errors="replace", newline="")
        yield from enumerate((_Line(line) for line in iter(lambda: wide.readline(LARGEST), "")), 1)
        wide.detach()
        return
    number = 0
    while line := stream.readline(LARGEST):
        number += 1
        is_cut = len(line) == LARGEST and not line.endswith(b"\n")
        while is_cut and (rest := stream.readline(LARGEST)):
            is_cut = not rest.endswith(b"\n")
            line = b""
        yield number, _Line(line)


class _Line:
    """One line as read; calling it decodes it. Empty bytes stand for one that is too long."""

    def __init__(self, raw: str | bytes) -> None:
        self._raw = raw

    def __call__(self) -> str:
        if isinstance(self._raw, str):
            return self._raw
        if not self._raw:
            raise DocumentError(f"longer than {LARGEST // 2**20} MB")
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
    key = str(own) if isinstance(own, str | int | float) and str(own).strip() else str(number)
    text = _first(named, text_fields(fields))
    if isinstance(text, bytes):
        text = decode(text)
    if not isinstance(text, str) or not text.strip():
        return Record(key, None, f"record {key}: no text in field {fields.text!r}")
    if len(text) > LARGEST:
        error = f"record {key}: text over {LARGEST // 2**20} MB, too large for one bulletin"
        return Record(key, None, error)
    return Record(key, parts_of(named, text))


def _first(named: Mapping[str, object], names: Iterable[str]) -> object:
    return next((named[name] for name in names if named.get(name)), None)
