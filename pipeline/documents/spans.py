"""Cells of an HTML table that span several rows or columns -> a cell in each of them."""

from collections import defaultdict
from itertools import islice
from typing import Any

_WIDEST, _TALLEST = 30, 200
_MOST_CELLS = 5_000
"""Cells that are added to one document: a page may say that it spans thousands."""


def fill_spans(tree: Any) -> None:  # noqa: ANN401 - lxml ships no types
    """Add to `tree` the cells that others span, so that each number stands in its own column.

    A name that spans several rows is said again in each; what spans columns leaves the others
    empty, and a number is never said twice.
    """
    spanning = tree.xpath("(.//td|.//th)[number(@rowspan) > 1 or number(@colspan) > 1]")
    tables = {next(cell.iterancestors("table"), None): None for cell in spanning}
    room = _MOST_CELLS
    for table in tables:
        if table is not None and next(table.iterdescendants("table"), None) is None:
            room = _fill(table, room)


def _fill(table: Any, room: int) -> int:  # noqa: ANN401 - the same
    """Fill one table, with at most `room` new cells, and return how many more there may be."""
    held: dict[int, dict[int, str]] = defaultdict(dict)
    for at, row in enumerate(table.iter("tr")):
        column = 0
        for cell in [*row.iterchildren("td", "th"), None]:
            while column in held[at] and room:
                new = row.makeelement("td")
                new.text = held[at][column]
                (row.append if cell is None else cell.addprevious)(new)
                column, room = column + 1, room - 1
            if cell is None:
                break
            wide, tall = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
            said = "".join(cell.itertext())
            name = "" if any(char.isdigit() for char in said) and column else said
            for below in range(1, tall):
                held[at + below][column] = name
                held[at + below].update(dict.fromkeys(range(column + 1, column + wide), ""))
            for _ in islice(range(1, wide), room):
                cell.addnext(row.makeelement("td"))
            column, room = column + wide, max(room - wide + 1, 0)
            for name_of_span in ("colspan", "rowspan"):
                cell.attrib.pop(name_of_span, None)
        del held[at]
    return room


def _span(cell: Any, name: str, most: int) -> int:  # noqa: ANN401 - the same
    said = (cell.get(name) or "").strip()
    return min(max(int(said), 1), most) if said.isdecimal() and len(said) < len("10000") else 1
