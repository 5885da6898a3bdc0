"""DOCX -> what a reader sees of it: paragraphs, tables, text boxes and notes, in their order."""

from collections.abc import Iterable, Iterator
from typing import Any

import docx
from docx.oxml import parse_xml

from pipeline.documents.packed import pack, unpack
from pipeline.documents.table_rows import Cell, Row, require_few_spanned, table_lines
from pipeline.documents.text import Parts, even_out
from pipeline.documents.word_places import (
    is_paragraph_unseen,
    is_row_unseen,
    is_shape_unseen,
    is_table_unseen,
)
from pipeline.documents.word_runs import Look, RunFormats
from pipeline.documents.word_xml import W, is_on

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted text, what is no text, and a second copy of a text box for older programs.
_SKIPPED = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", _FALLBACK))
_TEXTS = (f"{W}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\u00ad",
}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_GONE_MARKS = tuple(f"{W}pPr/{W}rPr/{W}{tag}" for tag in ("del", "moveFrom"))
_DEEPEST = 200
_MAY_BE_OFF = {f"{W}p": is_paragraph_unseen, f"{W}tbl": is_table_unseen}


def parse(data: bytes) -> Parts:
    """Return the text of the body, and behind it that of the notes which the body refers to.

    Tracked insertions count, deletions do not, nor does what is struck out or not seen, in a run,
    by a style or by its place; headers and footers do not either.

    Raises DocumentError for a zip bomb, and what zipfile, lxml and python-docx raise for a broken
    file.
    """
    document = docx.Document(pack(unpack(data)))
    spans = document.element.body.iter(f"{W}gridSpan")
    require_few_spanned(_width(span) for span in spans)
    reading = _Reading(RunFormats(document.styles.element, document.element))
    blocks = [*reading.blocks(document.element.body)]
    for kind in ("footnote", "endnote"):
        notes = _notes(document.part, kind)
        blocks += [text for note in reading.referred[kind] for text in reading.note(notes, note)]
    body = "\n\n".join(blocks)
    title = (document.core_properties.title or "").strip()
    # The property often names a template or an older document: trusted where the text agrees.
    stated = title if title and even_out(title) in even_out(body) else None
    return Parts(body=body, title=stated, hidden=tuple(reading.hidden))


def _notes(part: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401 - lxml ships no types
    """Return the footnotes or endnotes of a document by their IDs."""
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}s"):
            notes = parse_xml(relation.target_part.blob)
            return {note.get(f"{W}id"): note for note in notes.iterfind(f"{W}{kind}")}
    return {}


class _Reading:
    """One document as it is read: its formats, and the notes that were referred to so far."""

    def __init__(self, formats: RunFormats) -> None:
        self._formats = formats
        self.referred: dict[str, dict[str, None]] = {"footnote": {}, "endnote": {}}
        self.hidden: list[str] = []

    def note(self, notes: dict[str, Any], note: str) -> Iterator[str]:
        if note in notes:
            yield from self.blocks(notes[note])

    def blocks(self, parent: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401 - the same
        """Yield paragraphs and tables; a paragraph whose end was deleted goes on in the next."""
        if depth > _DEEPEST:
            return
        inline: list[str] = []
        boxes: list[str] = []
        for child in parent:
            if child.tag in _MAY_BE_OFF and _MAY_BE_OFF[child.tag](child):
                self._leave_out(child)
                continue
            if child.tag == f"{W}p":
                self._collect(child, inline, boxes, depth)
                if not any(child.find(mark) is not None for mark in _GONE_MARKS):
                    yield from _texts(inline, boxes)
                continue
            yield from _texts(inline, boxes)
            if child.tag == f"{W}tbl":
                yield from table_lines(self._rows(child, depth))
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                yield from self.blocks(child, depth + 1)
        yield from _texts(inline, boxes)

    def _rows(self, table: Any, depth: int) -> Iterator[Row]:  # noqa: ANN401 - the same
        for row in _children(table, "tr"):
            properties = row.find(f"{W}trPr")
            is_header = False
            if properties is not None:
                if properties.find(f"{W}del") is not None:
                    continue
                if is_row_unseen(properties):
                    self._leave_out(row)
                    continue
                is_header = bool(is_on(properties.find(f"{W}tblHeader")))
            cells = tuple(self._cell(cell, depth) for cell in _children(row, "tc"))
            yield Row(cells, is_header)

    def _cell(self, cell: Any, depth: int) -> Cell:  # noqa: ANN401 - the same
        blocks = tuple(self.blocks(cell, depth + 1))
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        return Cell(
            blocks,
            width=1 if span is None else _width(span),
            goes_on=merge is not None and merge.get(f"{W}val") != "restart",
            holds_table=cell.find(f"{W}tbl") is not None,
        )

    def _collect(
        self,
        parent: Any,  # noqa: ANN401 - the same
        inline: list[str],
        boxes: list[str],
        depth: int,
        style: str | None = None,
    ) -> None:
        """Gather a paragraph's characters, and the paragraphs of text boxes anchored in it."""
        if depth > _DEEPEST:
            return
        if parent.tag == f"{W}p":
            style = self._formats.style_of(parent)
        for child in parent:
            if child.tag in _TEXTS:
                inline.append(child.text or "")
            elif child.tag in _CHARACTERS:
                inline.append(_CHARACTERS[child.tag])
            elif child.tag in _NOTES:
                self.referred[_NOTES[child.tag]].setdefault(child.get(f"{W}id"))
            elif child.tag == f"{W}txbxContent":
                boxes.extend(self.blocks(child, depth + 1))
            elif child.tag in _SKIPPED or not isinstance(child.tag, str):
                continue
            elif (look := self._look(child, style)) is Look.SEEN:
                self._collect(child, inline, boxes, depth + 1, style)
            elif look is Look.HIDDEN:
                self._leave_out(child)

    def _look(self, element: Any, style: str | None) -> Look:  # noqa: ANN401 - the same
        if element.tag == f"{W}r":
            return self._formats.look_of(element, style)
        return Look.HIDDEN if is_shape_unseen(element) else Look.SEEN

    def _leave_out(self, element: Any) -> None:  # noqa: ANN401 - the same
        """Note what an element says that nobody sees."""
        self.hidden.append(" ".join(text.text or "" for text in element.iter(*_TEXTS)))


def _width(span: Any) -> int:  # noqa: ANN401 - the same
    """Return how many columns a cell says that it is wide, of four digits at most."""
    width = span.get(f"{W}val", "1")[:4]
    return int(width) if width.isascii() and width.isdecimal() else 1


def _texts(inline: list[str], boxes: list[str]) -> Iterator[str]:
    """Yield what was gathered so far, and begin anew."""
    yield from (text for text in ("".join(inline), *boxes) if text.strip())
    inline.clear()
    boxes.clear()


def _children(parent: Any, tag: str) -> Iterable[Any]:  # noqa: ANN401 - the same
    """Yield the rows of a table or the cells of a row, within controls and insertions too.

    Those of a nested table are part of the cell that holds them.
    """
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == f"{W}{tag}":
            yield child
        elif child.tag not in _SKIPPED and child.tag != f"{W}tbl":
            stack.append(iter(child))
