"""ODT -> paragraphs and tables in the order of the document."""

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents.blocks import one_space
from pipeline.documents.open_document_unseen import drop_unseen
from pipeline.documents.packed import unpack
from pipeline.documents.table_rows import Cell, Row, require_few_spanned, table_lines
from pipeline.documents.text import Parts, even_out
from pipeline.errors import DocumentError

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE = (f"{{{_NAMESPACE}{name}:1.0}}" for name in ("office", "text", "table"))
_TITLE = ".//{http://purl.org/dc/elements/1.1/}title"
# Deleted text, remarks in the margin, and the numbers of notes.
_SKIPPED = frozenset((f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note-citation"))
_DRAWING = f"{{{_NAMESPACE}drawing:1.0}}"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_WIDEST = 100  # columns
_CHARACTERS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def parse(data: bytes) -> Parts:
    """Return the body's text; what is deleted, struck out or not seen is none.

    Nor are remarks, headers and footers.

    Raises DocumentError for a ZIP bomb or a locked file, and what zipfile and lxml raise for a
    broken one.
    """
    files = unpack(data)
    if b"encryption-data" in files["META-INF/manifest.xml"]:
        raise DocumentError("locked with a password: save it without one")
    content = _tree(files["content.xml"])
    about = _tree(files["meta.xml"]) if "meta.xml" in files else None
    styles = _tree(files["styles.xml"]) if "styles.xml" in files else None
    require_few_spanned(
        _count(cell, name)
        for cell in content.iter(f"{_TABLE}table-cell")
        for name in ("number-columns-spanned", "number-columns-repeated")
        if cell.get(f"{_TABLE}{name}")
    )
    hidden = drop_unseen(content, styles)
    body = "\n\n".join(_blocks(content.find(f".//{_OFFICE}body")))
    title = "" if about is None else (about.findtext(_TITLE) or "").strip()
    # As in DOCX: it often names a template.
    stated = title if title and even_out(title) in even_out(body) else None
    return Parts(body=body, title=stated, hidden=tuple(hidden))


def _tree(data: bytes) -> Any:  # noqa: ANN401 - lxml ships no types
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)


def _blocks(parent: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """Yield paragraphs and tables; lxml refuses what nests deeper than these calls may."""
    for child in parent:
        if child.tag in _PARAGRAPHS:
            yield from (text for text in _paragraph(child) if text.strip())
        elif child.tag == f"{_TEXT}list":
            yield "\n".join(_blocks(child))
        elif child.tag == f"{_TABLE}table":
            yield from table_lines(_rows(child))
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _paragraph(paragraph: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """Yield a paragraph's words, and the paragraphs of frames and notes that hang on it."""
    inline: list[str] = []
    apart: list[str] = []
    _collect(paragraph, inline, apart)
    yield "".join(inline)
    yield from apart


def _collect(parent: Any, inline: list[str], apart: list[str]) -> None:  # noqa: ANN401 - the same
    inline.append(one_space(parent.text))
    for child in parent:
        if child.tag in _CHARACTERS:
            inline.append(_CHARACTERS[child.tag])
        elif child.tag == f"{_TEXT}note" or child.tag.startswith(_DRAWING):
            apart.extend(_blocks(child))
        elif child.tag not in _SKIPPED:
            _collect(child, inline, apart)
        inline.append(one_space(child.tail))


def _rows(table: Any) -> Iterator[Row]:  # noqa: ANN401 - the same
    for row in table.iter(f"{_TABLE}table-row"):
        # A nested table's rows are part of the cell that holds them.
        if next(row.iterancestors(f"{_TABLE}table")) is table:
            is_header = row.getparent().tag == f"{_TABLE}table-header-rows"
            yield Row(tuple(_cells(row)), is_header)


def _cells(row: Any) -> Iterator[Cell]:  # noqa: ANN401 - the same
    """Yield the cells of a row; a covered one is part of that to its left, or of that above."""
    covered = 0
    for cell in row:
        if cell.tag == f"{_TABLE}covered-table-cell":
            if not covered:
                yield Cell((), goes_on=True)
            covered = max(0, covered - 1)
        elif cell.tag == f"{_TABLE}table-cell":
            width = _count(cell, "number-columns-spanned")
            covered = width - 1
            blocks = tuple(_blocks(cell))
            holds_table = cell.find(f"{_TABLE}table") is not None
            for _ in range(_count(cell, "number-columns-repeated") if not blocks else 1):
                yield Cell(blocks, width, holds_table=holds_table)


def _count(cell: Any, name: str) -> int:  # noqa: ANN401 - the same
    value = cell.get(f"{_TABLE}{name}", "1")[:4]
    return min(max(1, int(value)), _WIDEST) if value.isascii() and value.isdecimal() else 1
