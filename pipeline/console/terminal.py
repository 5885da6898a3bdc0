"""What is printed: lines and tables, of text that cannot act on the terminal."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console

from pipeline.console.grid import Grid
from pipeline.plain_text import clean, one_line

_WIDEST = 100_000


def tell(line: str) -> None:
    """Print one line on stderr."""
    print(one_line(line), file=sys.stderr, flush=True)  # noqa: T201 - a command line talks


def point(lines: Iterable[str]) -> None:
    """Print on stderr, below what was told, lines that are read one under the other."""
    for line in lines:
        print(f"  {clean(line)}", file=sys.stderr, flush=True)  # noqa: T201 - as above


def say(text: str) -> None:
    """Print text that is already safe on stdout."""
    print(text)  # noqa: T201 - a command line talks


def console(*, stderr: bool = False) -> Console:
    """Build a console; what is not a terminal gets every line whole, as other programs read it."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDEST
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Grid:
    """Build a table of plain text; columns whose name begins with `>` stand to the right."""
    cells = tuple(tuple(_flatten(cell) for cell in row) for row in rows)
    return Grid(tuple(clean(column) for column in columns), cells, title)


def _flatten(cell: str) -> str:
    return clean(" ".join(cell.splitlines()).replace("\t", " "))
