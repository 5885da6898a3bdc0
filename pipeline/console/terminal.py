"""What reaches a terminal: bulletins are untrusted, so no control character of theirs may."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that act on a terminal or turn the direction of writing; tab and newline may stay."""


def clean(text: str) -> str:
    """Show each acting character as one replacement character."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Fold all white space, and clean."""
    return clean(" ".join(text.split()))


def to_json(value: object, indent: int | None = 2) -> str:
    """Write JSON with accents as they are; acting characters are escaped, which changes nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def tell(line: str) -> None:
    """Print one line on stderr."""
    print(one_line(line), file=sys.stderr, flush=True)  # noqa: T201 - a command line talks


def say(text: str) -> None:
    """Print text that is already safe on stdout."""
    print(text)  # noqa: T201 - a command line talks


def console(*, stderr: bool = False, piped_width: int = 160) -> "Console":
    """Build a console; what is not a terminal gets lines of at most `piped_width` characters."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else piped_width
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None
) -> "Table":
    """Build a table of plain text; columns whose name begins with `>` stand to the right."""
    from rich import box  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415 - slow to import

    built = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD if any(columns) else None,
        show_header=any(columns),
        pad_edge=False,
    )
    for column in columns:
        right = column.startswith(">")
        built.add_column(
            Text(clean(column.removeprefix(">"))),
            justify="right" if right else "left",
            overflow="fold",
        )
    for row in rows:
        built.add_row(*(Text(clean(cell)) for cell in row))
    return built
