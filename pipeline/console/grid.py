"""A table as wide as the screen, or, where it would be too narrow to read, a block a record."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_GAP = 2
"""Between two columns."""
_NARROWEST = 14
"""A cell is folded at no fewer characters, ..."""
_MOST_LINES = 6
"""... and into no more lines."""


class Grid(NamedTuple):
    """Records of safe text, each of one line, with the names of their fields.

    A name that begins with `>` has its field stand to the right. Without any names it is a list of
    facts, each a name and what is said of it, and always a table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print it within the width of the screen."""
        if not any(self.columns):
            yield self._as_table(())
        elif widths := fit_columns(self.columns, self.rows, options.max_width):
            yield self._as_table(widths)
            yield Text()
        else:
            if self.title:
                yield Text(self.title, style="italic")
            for row in self.rows:
                yield self._as_block(row, console, options.max_width)

    def _as_table(self, widths: Sequence[int]) -> Table:
        grid = Table(
            title=Text(self.title) if self.title else None,
            title_justify="left",
            box=box.SIMPLE_HEAD if widths else None,
            show_header=bool(widths),
            show_edge=False,
            pad_edge=False,
            padding=(0, 1 if widths else _GAP, 0, 0),  # a box has one more between two columns
        )
        for at, column in enumerate(self.columns):
            grid.add_column(
                Text(_name(column)),
                justify="right" if column.startswith(">") else "left",
                overflow="fold",
                width=widths[at] if widths else None,
            )
        for row in self.rows:
            grid.add_row(*(Text(cell) for cell in row))
        return grid

    def _as_block(self, row: Sequence[str], console: Console, width: int) -> Text:
        names = [f"{_name(column)}:" for column in self.columns]
        indent = max(map(cell_len, names)) + 1
        room = max(_NARROWEST, width - indent)
        block = Text(no_wrap=True)
        for name, cell in zip(names, row, strict=True):
            block.append(name, style="bold")
            block.append(" " * (indent - cell_len(name)))
            # Most fit, and to fold a text takes as long as to print ten lines.
            folded = [cell]
            if cell_len(cell) > room:
                folded = [line.plain for line in Text(cell).wrap(console, room, overflow="fold")]
            block.append(f"\n{' ' * indent}".join(folded) + "\n")
        return block


def fit_columns(
    columns: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> list[int] | None:
    """Give each column a width, so that all fit into `room` and no word is broken.

    The widest are cut first. None where the table would be hard to read.
    """
    names = [_name(column) for column in columns]
    cells = [[row[at] for row in rows] for at in range(len(columns))]
    longest = [max(map(cell_len, column), default=0) for column in cells]
    whole = [max(pair) for pair in zip(longest, map(cell_len, names), strict=True)]
    room -= _GAP * (len(columns) - 1)
    if sum(whole) <= room:
        return whole
    words = [
        max(map(_longest_word, (name, *column))) for name, column in zip(names, cells, strict=True)
    ]
    for most in range(min(max(whole), room), 0, -1):
        widths = [max(word, min(wish, most)) for word, wish in zip(words, whole, strict=True)]
        if sum(widths) <= room:
            break
    else:
        return None
    readable = all(
        width >= min(cell, _NARROWEST) and math.ceil(cell / width) <= _MOST_LINES
        for width, cell in zip(widths, longest, strict=True)
        if cell
    )
    return widths if readable else None


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split(" ")))


def _name(column: str) -> str:
    return column.removeprefix(">")
