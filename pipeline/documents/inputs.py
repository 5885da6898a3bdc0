"""What was asked for, before anything is read: whether it is there, and how much it is."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.documents.formats import OF_MANY
from pipeline.documents.sources import STDIN, find_sources
from pipeline.errors import UsageError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from pipeline.documents import parquet
else:
    parquet = lazy("pipeline.documents.parquet")

_PIECE, _MOST_PIECES = 65536, 10_000


def require_some(paths: Sequence[str]) -> None:
    """Raise `UsageError` if `paths` name nothing at all that could be read."""
    errors = []
    for found in find_sources(paths):
        if found.error is None:
            return
        errors.append(f"{found.path}: {found.error}")
    raise UsageError("nothing to read: " + "; ".join(errors or ["no path was given"]))


def count_sources(paths: Sequence[str]) -> int | None:
    """Count the sources, None where a file among them holds nobody knows how many."""
    total = 0
    for found in find_sources(paths):
        records = None if found.path == STDIN else _records(Path(found.path))
        if records is None:
            return None
        total += records
    return total


def _records(path: Path) -> int | None:
    """Count the records of a file as far as that takes no reading of it all.

    A pipe is left alone: what is read from it is gone.
    """
    try:
        if path.suffix.lower() in OF_MANY and not stat.S_ISREG(path.stat().st_mode):
            return None
        match path.suffix.lower():
            case ".jsonl" | ".ndjson":
                with path.open("rb") as lines:
                    return sum(_full_lines(lines))
            case ".parquet" | ".pq":
                return parquet.count_rows(path)
            case suffix if suffix in OF_MANY:
                return None
    except (OSError, ValueError):
        return None
    return 1


def _full_lines(lines: BinaryIO) -> Iterator[bool]:
    """Say of each line whether there is anything in it, with a piece of it in memory at a time.

    Raises `ValueError` for one that does not end.
    """
    is_full, pieces = False, 0
    while piece := lines.readline(_PIECE):
        is_full = is_full or not piece.isspace()
        pieces += 1
        if piece.endswith(b"\n"):
            yield is_full
            is_full, pieces = False, 0
        elif pieces == _MOST_PIECES:
            raise ValueError("a line that does not end")
    yield is_full
