"""What is printed: lines and tables, of text that cannot act on the terminal."""

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.plain_text import clean, one_line


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


def console(*, stderr: bool = False, piped_width: int = 160) -> Console:
    """Build a console; what is not a terminal gets lines of at most `piped_width` characters."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else piped_width
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Table:
    """Build a table of plain text; columns whose name begins with `>` stand to the right."""
    grid = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD if any(columns) else None,
        show_header=any(columns),
        pad_edge=False,
    )
    for column in columns:
        right = column.startswith(">")
        grid.add_column(
            Text(clean(column.removeprefix(">"))),
            justify="right" if right else "left",
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*(Text(clean(cell)) for cell in row))
    return grid
