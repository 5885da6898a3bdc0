"""Rows of a table -> lines of cells between "|", the first of which names the columns.

This is the form that tables have in any format (see `pipeline.rules.tables`). Merged cells are
undone: each column and row keeps its place and its name. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from pipeline.documents.parted_words import join_parted_words
from pipeline.errors import DocumentError

_LONGEST_CELL = 300  # characters: longer ones of several paragraphs are the page's layout
_FEWEST_COLUMNS, _MOST_COLUMNS = 2, 100
_MOST_SPANNED = 200_000  # columns, that cells of one document say they are wide
_NO_NAME = "-"  # stands in an empty corner, so that the line does not begin with its second cell


class Cell(NamedTuple):
    """A cell's paragraphs, how many columns it is wide, and whether the one above goes on in it."""

    blocks: tuple[str, ...]
    width: int = 1
    goes_on: bool = False
    holds_table: bool = False


class Row(NamedTuple):
    """A row's cells; `is_header` is set where the row is repeated on each page."""

    cells: tuple[Cell, ...]
    is_header: bool = False


def require_few_spanned(widths: Iterable[int]) -> None:
    """Raise `DocumentError` where the cells of a document say that they are wider than any are."""
    if sum(min(width, _MOST_COLUMNS) for width in widths) > _MOST_SPANNED:
        raise DocumentError(
            f"tables of over {_MOST_SPANNED:,} merged cells: save their words as text"
        )


def table_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the text of a table: runs of rows as lines, and apart the cells that hold a page."""
    run: list[Row] = []
    for row in rows:
        if any(map(_is_layout, row.cells)):
            yield from _lines(run)
            yield from (block for cell in row.cells for block in cell.blocks)
            run = []
        else:
            run.append(row)
    yield from _lines(run)


def _is_layout(cell: Cell) -> bool:
    return cell.holds_table or (len(cell.blocks) > 1 and sum(map(len, cell.blocks)) > _LONGEST_CELL)


def grid_of(rows: Sequence[Row]) -> list[list[str]]:
    """Return one text a column for each row, none for rows that only go on naming the columns."""
    grid: list[list[str]] = []
    for row in rows:
        grid.append(_columns(row, grid[-1] if grid else []))
    titles = len(list(takewhile(lambda texts: len(texts) < _FEWEST_COLUMNS, grid)))
    heads = titles + _head_count(rows[titles:], grid[titles:])
    if heads > titles + 1:
        joined = _join_names(grid[titles:heads])
        grid[titles:heads] = [joined, *([] for _ in range(heads - titles - 1))]
    for texts in grid:
        if len(texts) > 1 and any(texts):
            texts[0] = texts[0] or _NO_NAME
    return grid


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    lines = [" | ".join(texts) for texts in grid_of(rows) if any(texts)]
    if lines:
        yield "\n".join(lines)


def _columns(row: Row, above: Sequence[str]) -> list[str]:
    """Give a row one text a column; a name that spans several is said in each, a number once.

    A cell that spans the whole row is a title, and no column.
    """
    texts: list[str] = []
    for cell in row.cells:
        text = " ".join(join_parted_words("\n".join(cell.blocks)).split())
        if cell.goes_on and not text and len(texts) < len(above):
            text = _name(above[len(texts)])
        width = min(cell.width, _MOST_COLUMNS) if len(row.cells) > 1 else 1
        texts += [text, *[_name(text)] * (width - 1)]
    return texts


def _name(text: str) -> str:
    return "" if _holds_number(text) or len(text) > _LONGEST_CELL else text


def _head_count(rows: Sequence[Row], grid: Sequence[Sequence[str]]) -> int:
    """Count the rows that name the columns together, as they say or as their cells show.

    A name over several columns has others below it; what is merged with the first row, or has no
    name of its own, belongs to it.
    """
    if not rows:
        return 0
    said = len(list(takewhile(lambda row: row.is_header, rows)))
    count = 1
    for row, texts in zip(rows[1:], grid[1:], strict=True):
        is_below = any(cell.width > 1 for cell in rows[0].cells) and (
            any(cell.goes_on for cell in row.cells) or not texts[0]
        )
        if not (is_below or count < said) or any(map(_holds_number, texts)):
            break
        count += 1
    return count


def _holds_number(text: str) -> bool:
    return any(map(str.isdigit, text))


def _join_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Name each column by all names that stand over it, each once."""
    width = max(map(len, rows))
    return [
        " ".join(dict.fromkeys(row[at] for row in rows if at < len(row) and row[at]))
        for at in range(width)
    ]
