"""DOCX -> paragraphs and tables in the order of the document."""

import io
from collections.abc import Iterator
from typing import Any

import docx

from pipeline.documents.packed import unpack
from pipeline.documents.text import Parts, even_out

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted text, and a second copy of a text box for older programs.
_SKIPPED = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", _FALLBACK))
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_DEEPEST = 200


def parse(data: bytes) -> Parts:
    """Return the body's text; tracked insertions count, deletions, headers and footers do not.

    Raises DocumentError for a zip bomb, and what zipfile, lxml and python-docx raise for a broken
    file.
    """
    unpack(data).close()
    document = docx.Document(io.BytesIO(data))
    body = "\n\n".join(_blocks(document.element.body))
    title = (document.core_properties.title or "").strip()
    # The property often names a template or an older document: trusted where the text agrees.
    return Parts(body=body, title=title if title and even_out(title) in even_out(body) else None)


def _blocks(parent: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401 - lxml ships no types
    if depth > _DEEPEST:
        return
    for child in parent:
        if child.tag == f"{_W}p":
            inline: list[str] = []
            boxes: list[str] = []
            _collect(child, inline, boxes, depth)
            yield from (text for text in ("".join(inline), *boxes) if text.strip())
        elif child.tag == f"{_W}tbl":
            yield "\n".join(row for row in _rows(child, depth) if row.strip(" |"))
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _blocks(child, depth + 1)


def _rows(table: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - the same
    for row in table.iter(f"{_W}tr"):
        # A nested table's rows are part of the cell that holds them.
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells = [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
        yield " | ".join("\n".join(_blocks(cell, depth + 1)).strip() for cell in cells)


def _collect(
    parent: Any,  # noqa: ANN401 - the same
    inline: list[str],
    boxes: list[str],
    depth: int,
) -> None:
    """Gather a paragraph's characters, and the paragraphs of text boxes anchored in it."""
    if depth > _DEEPEST:
        return
    for child in parent:
        if child.tag == f"{_W}t":
            inline.append(child.text or "")
        elif child.tag in _CHARACTERS:
            inline.append(_CHARACTERS[child.tag])
        elif child.tag == f"{_W}txbxContent":
            boxes.extend(_blocks(child, depth + 1))
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            _collect(child, inline, boxes, depth + 1)
