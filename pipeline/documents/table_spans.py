"""Cells of HTML that span columns or rows, undone: each number stands under its column's name."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from pipeline.documents.blocks import blocks_of, lays_out
from pipeline.documents.table_rows import Cell, Row, grid_of

_SPANS = ("colspan", "rowspan")
_WIDEST = 100  # columns
_MOST_CELLS = 20_000  # of a page: it may say of each cell that it is a hundred wide


class _Placed(NamedTuple):
    """A cell of a row; where one from above reaches into it, `element` is None."""

    element: Any
    cell: Cell


def undo_spans(tree: Any) -> bool:  # noqa: ANN401 - lxml ships no types
    """Give each row of each table one cell a column, in place; rows that name columns become one.

    Returns whether anything was changed. Tables that lay out a page stay as they are. Where cells
    say that they span more than any table has, none spans anything: to lay them out takes minutes.
    """
    tables: dict[Any, list[Any]] = {}
    for row in tree.iter("tr"):
        tables.setdefault(next(row.iterancestors("table"), None), []).append(row)
    room = _MOST_CELLS
    is_changed = False
    for rows in tables.values():
        if not _spans_any(rows):
            continue
        if room > 0 and not any(map(lays_out, rows)):
            placed = _place(rows, room)
            room -= sum(each.cell.width for row in placed for each in row)
            if room >= 0:
                _undo(rows, placed)
                is_changed = True
                continue
        if _area(rows) > _MOST_CELLS:
            for cell in (cell for row in rows for cell in row):
                _forget_span(cell)
            is_changed = True
    return is_changed


def _spans_any(rows: Sequence[Any]) -> bool:
    return any(_span(cell, name) > 1 for row in rows for cell in row for name in _SPANS)


def _area(rows: Sequence[Any]) -> int:
    return sum(_span(cell, "colspan") * _span(cell, "rowspan") for row in rows for cell in row)


def _forget_span(cell: Any) -> None:  # noqa: ANN401 - lxml ships no types
    for name in _SPANS:
        cell.attrib.pop(name, None)


def _span(cell: Any, name: str) -> int:  # noqa: ANN401 - the same
    value = str(cell.get(name) or "1").strip()[:4]
    return max(1, int(value)) if value.isascii() and value.isdecimal() else 1


def _undo(elements: Sequence[Any], placed: Sequence[list[_Placed]]) -> None:
    rows = [
        Row(
            tuple(each.cell for each in cells),
            next(element.iterancestors("thead"), None) is not None,
        )
        for element, cells in zip(elements, placed, strict=True)
    ]
    grid = grid_of(rows)
    for element, cells, texts, below in zip(elements, placed, grid, [*grid[1:], [""]], strict=True):
        if texts:
            names_go_on = not below
            element[:] = list(_cells(cells, texts, anew=names_go_on))
        elif cells:
            element.getparent().remove(element)


def _place(elements: Sequence[Any], most: int) -> list[list[_Placed]]:
    """Say what stands in each row, with what reaches into it from above.

    What comes after more than `most` columns is left out.
    """
    placed: list[list[_Placed]] = []
    columns = 0
    hanging: dict[
        int, tuple[int, int]
    ] = {}  # by column: how many rows, from the next one on, and how wide
    for element in elements:
        row: list[_Placed] = []
        above, hanging, column = hanging, {}, 0
        own = iter([cell for cell in element if cell.tag in ("td", "th")])
        while True:
            if column in above:
                more, width = above[column]
                row.append(_Placed(None, Cell((), width, goes_on=True)))
            elif (cell := next(own, None)) is not None:
                more, width = _span(cell, "rowspan"), min(_span(cell, "colspan"), _WIDEST)
                row.append(_Placed(cell, Cell(tuple(b.text for b in blocks_of(cell)), width)))
            else:
                break
            if more > 1:
                hanging[column] = more - 1, width
            column += width
        placed.append(row)
        columns += sum(each.cell.width for each in row)
        if columns > most:
            break
    return placed


def _cells(placed: Sequence[_Placed], texts: Sequence[str], *, anew: bool) -> Iterator[Any]:
    """Yield a cell a column: those that were there, unless `anew`, and what fills the gaps."""
    own = [
        element if at == 0 and cell.blocks and not anew else None
        for element, cell in placed
        for at in range(cell.width if len(placed) > 1 else 1)
    ]
    for element, text in zip(own, texts, strict=True):
        if element is None:
            filler = etree.Element("td")
            filler.text = text
            yield filler
        else:
            _forget_span(element)
            yield element
