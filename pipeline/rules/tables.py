"""Tables of a bulletin: which row and which column a number stands in.

A table is a run of lines with cells between "|"; its first line names the columns, the first cell
of a line names the row.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.document import Numeral

_RULE = re.compile(r"[\s|:+-]+")
_FEWEST_CELLS = 2

Cell = tuple[int, int]
"""Where the words of a cell start and end."""


class TableCell(NamedTuple):
    """The names of the row and of the column in which a number stands."""

    row: Cell
    column: Cell | None
    """None where the table has no line of names."""


def numbers_in_tables(text: str, found: Sequence[Numeral]) -> dict[int, TableCell]:
    """Return the cell of each number that stands in a table, by where the number starts."""
    if "|" not in text:
        return {}
    cells: dict[int, TableCell] = {}
    starts = [numeral.start for numeral in found]
    for table in _tables(text):
        head = None if any(_within(starts, cell) for cell in table[0][1:]) else table[0]
        rows = table[1:] if head else table
        # An empty corner leaves no trace in print: all rows then have a cell more than the head.
        corner = 1 if head and all(len(row) == len(head) + 1 for row in rows) else 0
        for row in rows:
            for at, cell in enumerate(row[1:], start=1 - corner):
                column = head[at] if head and at < len(head) else None
                for start in _within(starts, cell):
                    cells[start] = TableCell(row[0], column)
    return cells


def _within(starts: Sequence[int], cell: Cell) -> Sequence[int]:
    """Return those of the ascending `starts` that lie in a cell."""
    return starts[bisect_left(starts, cell[0]) : bisect_left(starts, cell[1])]


def _tables(text: str) -> Iterator[list[list[Cell]]]:
    table: list[list[Cell]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        row = _row(line, position)
        position += len(line)
        if row is None:
            continue
        if len(row) >= _FEWEST_CELLS:
            table.append(row)
            continue
        if len(table) > 1:
            yield table
        table = []
    if len(table) > 1:
        yield table


def _row(line: str, position: int) -> list[Cell] | None:
    """Return the cells of a line; None for the rule between head and body."""
    body = line.strip()
    if "|" in body and _RULE.fullmatch(body):
        return None
    start = position + line.index(body) if body else position
    inner = body.strip("|")
    start += len(body) - len(body.lstrip("|"))
    cells: list[Cell] = []
    for cell in inner.split("|"):
        cells.append((start + len(cell) - len(cell.lstrip()), start + len(cell.rstrip())))
        start += len(cell) + 1
    return cells
